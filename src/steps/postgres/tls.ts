import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { readTlsVersions } from '../wire/tls-versions.ts';

/** The encryption of a connection. */
export type PostgresTls = {
  /** False: none. */
  readonly ssl: ConnectionOptions | false;
  /** True if a server without TLS is used unencrypted. */
  readonly orPlain: boolean;
};

/**
 * Reads `sslmode` and its companions as libpq does: `require` encrypts without verification (with a
 * root certificate it verifies like `verify-ca`), and without a mode TLS is preferred. pg itself
 * treats `prefer`, `require` and `verify-ca` as `verify-full` and fails on most servers that psql
 * reaches. pg's own `sslmode=no-verify` and `ssl=true` (verifies fully) are supported.
 *
 * Throws for an unknown mode or version and for a file that cannot be read.
 */
export function readTls(
  parameters: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): PostgresTls {
  const { sslrootcert, sslcert, sslkey } = parameters;
  const mode = parameters.sslmode ?? modeOfFlag(parameters.ssl) ?? (env.PGSSLMODE || 'prefer');
  const files: ConnectionOptions = {
    ...(sslrootcert !== undefined && sslrootcert !== 'system' && { ca: readFileSync(sslrootcert) }),
    ...(sslcert !== undefined && { cert: readFileSync(sslcert) }),
    ...(sslkey !== undefined && { key: readFileSync(sslkey) }),
    ...readTlsVersions(parameters),
  };
  const unverified = { ...files, rejectUnauthorized: false };
  const anyName = { ...files, checkServerIdentity: () => undefined };
  switch (mode) {
    case 'disable':
      return { ssl: false, orPlain: false };
    case 'allow':
    case 'prefer':
      return { ssl: unverified, orPlain: true };
    case 'no-verify':
      return { ssl: unverified, orPlain: false };
    case 'require':
      return { ssl: sslrootcert === undefined ? unverified : anyName, orPlain: false };
    case 'verify-ca':
      return { ssl: anyName, orPlain: false };
    case 'verify-full':
      return { ssl: files, orPlain: false };
    default:
      throw new Error(
        `sslmode=${mode} is not one of disable, prefer, require, verify-ca, verify-full`,
      );
  }
}

function modeOfFlag(flag: string | undefined): string | undefined {
  if (flag === undefined) return undefined;
  return flag === 'false' || flag === '0' ? 'disable' : 'verify-full';
}
