import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SslOptions } from 'mysql2';
import { messageOf } from '#errors.ts';
import { readTlsVersions } from '../wire/tls-versions.ts';

/** The encryption of a connection. */
export type MysqlTls = {
  /** False: none. */
  readonly ssl: SslOptions | false;
  /** True if a server without TLS is used unencrypted. */
  readonly orPlain: boolean;
};

const MODES: Readonly<Record<string, keyof typeof TLS>> = {
  disabled: 'disabled',
  disable: 'disabled',
  preferred: 'preferred',
  prefer: 'preferred',
  required: 'required',
  require: 'required',
  'verify-ca': 'verifyCa',
  'verify-identity': 'verifyIdentity',
  'verify-full': 'verifyIdentity',
};

const UNVERIFIED: SslOptions = { rejectUnauthorized: false };
const ANY_NAME: SslOptions = { rejectUnauthorized: true, verifyIdentity: false };
const VERIFIED: SslOptions = { rejectUnauthorized: true, verifyIdentity: true };

const TLS = {
  disabled: { ssl: false, orPlain: false },
  preferred: { ssl: UNVERIFIED, orPlain: true },
  required: { ssl: UNVERIFIED, orPlain: false },
  verifyCa: { ssl: ANY_NAME, orPlain: false },
  verifyIdentity: { ssl: VERIFIED, orPlain: false },
} as const satisfies Record<string, MysqlTls>;

/**
 * Reads the TLS settings of a MySQL URL, in the terms of `mysql` (`ssl-mode=VERIFY_IDENTITY`), of
 * libpq (`sslmode=verify-full`) and of Node (`ssl=true`, which verifies fully, and
 * `ssl={"rejectUnauthorized":…}`). Dashes, underscores and case are ignored.
 *
 * `REQUIRED` encrypts without verification; with a CA (`ssl-ca=FILE`) the certificate is verified,
 * but not its name. Without a mode, TLS is preferred, or required if a certificate is given.
 * `ssl_min_protocol_version` and `ssl_max_protocol_version` are read as in a PostgreSQL URL.
 *
 * Throws for every other parameter about TLS, rather than connecting unencrypted where TLS was
 * requested, and for a file that cannot be read or is not a certificate.
 */
export function readMysqlTls(parameters: Readonly<Record<string, string>>): MysqlTls {
  const { mode, flag, ca, cert, key } = namedParameters(parameters);
  const files: SslOptions = {
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    ...(cert !== undefined && { cert: readFileSync(cert) }),
    ...(key !== undefined && { key: readFileSync(key) }),
  };
  const hasFiles = Object.keys(files).length > 0;
  if (hasFiles) checkFiles(files);
  const byDefault = hasFiles ? 'required' : 'preferred';
  const asked = readMode(mode) ?? readFlag(flag) ?? byDefault;
  const { ssl, orPlain } = TLS[asked === 'required' && ca !== undefined ? 'verifyCa' : asked];
  return { ssl: ssl && { ...ssl, ...files, ...readTlsVersions(parameters) }, orPlain };
}

/** Throws if a certificate or key is unusable. mysql2 would report it only during the login. */
function checkFiles({ ca, cert, key }: SslOptions): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (error) {
    const message = messageOf(error);
    throw new Error(`the URL’s certificate or key cannot be used: ${message}`, { cause: error });
  }
}

const NAMES: Readonly<Record<string, string>> = {
  sslmode: 'mode',
  ssl: 'flag',
  sslca: 'ca',
  sslrootcert: 'ca',
  sslcert: 'cert',
  sslkey: 'key',
};

const VERSION = /^ssl_(?:min|max)_protocol_version$/;

type NamedParameters = Readonly<Partial<Record<'mode' | 'flag' | 'ca' | 'cert' | 'key', string>>>;

function namedParameters(parameters: Readonly<Record<string, string>>): NamedParameters {
  const named: Record<string, string> = {};
  for (const [parameter, value] of Object.entries(parameters)) {
    const name = NAMES[parameter.toLowerCase().replace(/[-_]/g, '')];
    if (name !== undefined) named[name] = value;
    else if (/ssl|tls/i.test(parameter) && !VERSION.test(parameter))
      throw new Error(`${parameter}= is not understood: say it with ssl-mode=, e.g. REQUIRED`);
  }
  return named;
}

function readMode(mode: string | undefined): keyof typeof TLS | undefined {
  if (mode === undefined) return undefined;
  const known = MODES[mode.toLowerCase().replaceAll('_', '-')];
  if (known !== undefined) return known;
  throw new Error(
    `ssl-mode=${mode} is not one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY`,
  );
}

function readFlag(flag: string | undefined): keyof typeof TLS | undefined {
  if (flag === undefined) return undefined;
  if (/^(?:false|0)$/i.test(flag)) return 'disabled';
  if (/^(?:true|1)$/i.test(flag)) return 'verifyIdentity';
  const found = /^\s*\{\s*(?:"rejectUnauthorized"\s*:\s*(true|false)\s*)?\}\s*$/.exec(flag);
  if (found !== null) return found[1] === 'false' ? 'required' : 'verifyCa';
  throw new Error(`ssl=${flag} is not understood: say it with ssl-mode=, e.g. REQUIRED`);
}
