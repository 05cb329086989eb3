import { readFileSync } from 'node:fs';
import type { SecureVersion } from 'node:tls';

/** The TLS settings of a client; undefined for no TLS. */
export type ClientTls = {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  readonly maxVersion?: SecureVersion;
};

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
};

/** Reads the TLS parameters of a connection URL, named as in libpq, for both drivers. */
export function readClientTls(url: URL): ClientTls | undefined {
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  if (mode === 'disable') return undefined;
  const ca = url.searchParams.get('sslrootcert');
  const maxVersion = VERSIONS[url.searchParams.get('ssl_max_protocol_version') ?? ''];
  return {
    rejectUnauthorized: mode.startsWith('verify-'),
    ...(ca !== null && { ca: readFileSync(ca, 'utf8') }),
    ...(maxVersion !== undefined && { maxVersion }),
  };
}
