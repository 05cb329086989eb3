import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { readTlsVersions } from '../wire/tls-versions.ts';

/** How a connection is encrypted. */
export type PostgresTls = {
  /** False: not at all. */
  readonly ssl: ConnectionOptions | false;
  /** A server without TLS is connected to all the same. */
  readonly orPlain: boolean;
};

/**
 * Reads `sslmode` and its companions as libpq does: `require` encrypts and verifies nothing (with a
 * root certificate it verifies like `verify-ca`), and without a mode TLS is preferred. pg by itself
 * takes `prefer`, `require` and `verify-ca` for `verify-full` and fails on most servers that psql
 * reaches. `sslmode=no-verify` and `ssl=true` (verifies fully) are pg's own and kept.
 *
 * Throws for a mode or a version that does not exist and for a file that cannot be read.
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
