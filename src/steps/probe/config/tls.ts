import { type Protocol, protocolOf } from '#runbook/model/engines.ts';
import { closest } from '#text/suggest.ts';
import { type Finding, fault, isLoopback, remark, type Subject, warning } from './finding.ts';

const POSTGRES_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const MYSQL_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'];

/** Checks the TLS settings of a URL, which no two clients read alike. */
export function checkTls(subject: Subject): readonly Finding[] {
  const { engine, parameters, parts } = subject;
  const given = new Map(parameters);
  const isRemote = !isLoopback(given.get('host') ?? parts.host);
  return CHECKS[protocolOf(engine)](given, isRemote);
}

type Check = (given: ReadonlyMap<string, string>, isRemote: boolean) => readonly Finding[];

const CHECKS: Readonly<Record<Protocol, Check>> = { postgres: checkPostgres, mysql: checkMysql };

function checkPostgres(given: ReadonlyMap<string, string>, isRemote: boolean): readonly Finding[] {
  const mode = given.get('sslmode');
  const flag = given.get('ssl');
  if (flag !== undefined) return [postgresFlag(flag)];
  if (mode === undefined) return isRemote ? [NO_MODE] : [];
  if (!POSTGRES_MODES.includes(mode) && mode !== 'no-verify')
    return [badMode('sslmode', mode, POSTGRES_MODES)];
  const findings: Finding[] = [];
  if (mode === 'no-verify') findings.push(NO_VERIFY);
  if (['prefer', 'require', 'verify-ca'].includes(mode) && !given.has('uselibpqcompat'))
    findings.push(remark('sslmode-differs', `sslmode=${mode} is read in two ways`, MODES_DIFFER));
  if (['disable', 'allow', 'prefer'].includes(mode) && isRemote)
    findings.push(
      warning(
        'not-encrypted',
        `sslmode=${mode} sends everything in the clear ${mode === 'disable' ? '' : 'where the server has no TLS'}`.trim(),
      ),
    );
  if (mode.startsWith('verify-') && !given.has('sslrootcert'))
    findings.push(remark('no-root-certificate', `sslmode=${mode} without sslrootcert`, NO_ROOT));
  return findings;
}

const NO_MODE = remark(
  'no-sslmode',
  'the URL does not say whether to use TLS',
  'libpq then uses it where the server has it; pg (Node) does not use it at all.',
);

const NO_VERIFY = warning(
  'sslmode-differs',
  'sslmode=no-verify is one of pg (Node) only',
  'libpq refuses it.',
);

const MODES_DIFFER =
  'libpq encrypts with require and verifies nothing; pg (Node) takes prefer, require and verify-ca for verify-full and fails on a private authority, unless uselibpqcompat=true. SQLAlchemy’s asyncpg does not know sslmode.';

const NO_ROOT =
  'libpq then reads ~/.postgresql/root.crt; pg (Node) trusts the authorities that come with Node.';

function postgresFlag(flag: string): Finding {
  const message = `ssl=${/^\w{1,12}$/.test(flag) ? flag : '…'} is not read by libpq`;
  const hint =
    'psql refuses it; pg (Node) verifies fully with ssl=true and crashes on ssl=require, which asyncpg wants. sslmode= is what most clients know.';
  return warning('ssl-flag', message, hint);
}

function checkMysql(given: ReadonlyMap<string, string>, isRemote: boolean): readonly Finding[] {
  const flag = given.get('ssl');
  const name = ['sslmode', 'ssl-mode', 'ssl_mode', 'sslMode'].find((each) => given.has(each));
  const mode = (given.get(name ?? '') ?? '').toLowerCase().replaceAll('_', '-');
  const isPostgresWord = POSTGRES_MODES.includes(mode);
  if (name !== undefined && !MYSQL_MODES.includes(mode) && !isPostgresWord)
    return [badMode(name, mode, MYSQL_MODES)];
  const findings: Finding[] = [];
  if (name !== undefined)
    findings.push(
      warning(
        'sslmode-ignored',
        `mysql2 (Node) ignores ${name} and connects in the clear`,
        MYSQL2_TLS,
      ),
    );
  if (flag !== undefined && !flag.trim().startsWith('{'))
    findings.push(
      warning(
        'ssl-flag',
        'ssl is not an object',
        `mysql2 (Node) and PyMySQL crash on it. ${MYSQL2_TLS}`,
      ),
    );
  if (name === undefined && flag === undefined && isRemote) findings.push(NO_MYSQL_MODE);
  if (['disabled', 'disable'].includes(mode) && isRemote)
    findings.push(warning('not-encrypted', `${name}=${mode} sends everything in the clear`));
  return findings;
}

const MYSQL2_TLS =
  'mysql2 wants ssl={"rejectUnauthorized":true}, PyMySQL ssl_ca=FILE, the mysql command line ssl-mode=REQUIRED.';

const NO_MYSQL_MODE = remark(
  'no-sslmode',
  'the URL does not say whether to use TLS',
  'The mysql command line then uses it where the server has it; mysql2 (Node), PyMySQL and Go do not.',
);

function badMode(name: string, mode: string, modes: readonly string[]): Finding {
  const near = closest(mode, modes);
  const hint = near === undefined ? `There is ${modes.join(', ')}.` : `Did you mean "${near}"?`;
  return fault('bad-sslmode', `${name} has a value that does not exist`, hint);
}
