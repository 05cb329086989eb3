import type { SecureVersion } from 'node:tls';
import { defined } from '#runbook/model/defined.ts';

/** The TLS versions that a connection may use, and the ciphers that an old one requires. */
type TlsVersions = {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
};

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/**
 * Reads `ssl_min_protocol_version` and `ssl_max_protocol_version` of a connection URL, as libpq
 * does. Throws for an unknown version.
 */
export function readTlsVersions(parameters: Readonly<Record<string, string>>): TlsVersions {
  const minVersion = versionOf('ssl_min_protocol_version', parameters);
  const maxVersion = versionOf('ssl_max_protocol_version', parameters);
  const isOld = minVersion !== undefined && VERSIONS.indexOf(minVersion) < 2;
  // OpenSSL disables versions before 1.2 at its default security level.
  const ciphers = isOld ? 'DEFAULT@SECLEVEL=0' : undefined;
  return defined({ minVersion, maxVersion, ciphers });
}

function versionOf(
  name: string,
  parameters: Readonly<Record<string, string>>,
): SecureVersion | undefined {
  const given = parameters[name];
  if (given === undefined || given === '') return undefined;
  const known = VERSIONS.find((version) => version.toLowerCase() === given.toLowerCase());
  if (known !== undefined) return known;
  throw new Error(`${name}=${given} is not one of ${VERSIONS.join(', ')}`);
}
