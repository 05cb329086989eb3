import { describe, expect, test } from 'vitest';
import { runProbe } from '../../support/run-probe.ts';

type Finding = { readonly code: string; readonly severity: string; readonly hint: string | null };

async function lint(url: string) {
  const { result, error, status } = await runProbe('config', { url });
  const findings = result.findings as unknown as readonly Finding[];
  const codes = (severity: string) =>
    findings.filter((each) => each.severity === severity).map(({ code }) => code);
  return {
    status,
    error,
    result,
    findings,
    errors: codes('error'),
    warnings: codes('warning'),
    remarks: codes('info'),
  };
}

test('a URL is taken apart, its password told by its length only', async () => {
  const url =
    'postgresql://app:s%40fe-w%C3%B6rd@db1.example:5433/shop?sslmode=verify-full&sslrootcert=/ca.pem';
  const { status, result } = await lint(url);
  expect(status).toBe('succeeded');
  expect(result).toEqual({
    ok: true,
    engine: 'postgres',
    host: 'db1.example',
    port: 5433,
    database: 'shop',
    user: 'app',
    has_password: true,
    password_length: 9,
    parameters: { sslmode: 'verify-full', sslrootcert: '/ca.pem' },
    findings: [],
    ms: expect.any(Number),
  });
});

test.each([
  ['postgres://db1/shop', 'postgres', 5432],
  ['postgresql+asyncpg://db1/shop', 'postgres', 5432],
  ['mysql://db1/shop', 'mysql', 3306],
  ['mysql2://db1/shop', 'mysql', 3306],
  ['mariadb+pymysql://db1/shop', 'mariadb', 3306],
])('%s is one of %s on %s', async (url, engine, port) => {
  expect((await lint(url)).result).toMatchObject({ engine, port, database: 'shop' });
});

describe('what no client can use fails, and shows nothing that may be a password', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['undefined', 'unset-variable'],
    ['null', 'unset-variable'],
    ['$DATABASE_URL', 'unexpanded-variable'],
    ['{{ .Values.url }}', 'unexpanded-variable'],
    ['hunter2', 'not-a-url'],
    ['db1:5432/hunter2', 'not-a-url'],
    ['host=db1 password=hunter2 dbname=shop', 'not-a-url'],
    ['app:hunter2@tcp(db1:3306)/shop', 'not-a-url'],
    ['postgres:app:hunter2@db1/shop', 'not-a-url'],
    ['redis://:hunter2@db1:6379/0', 'other-service'],
    ['mongodb+srv://app:hunter2@db1/shop', 'other-service'],
    ['postgre://app:hunter2@db1/shop', 'unknown-scheme'],
    ['"postgres://app:hunter2@db1/shop"', 'quoted'],
    ['jdbc:postgresql://db1/shop?user=app&password=hunter2', 'jdbc'],
    ['postgres://app:hunter2', 'bad-port'],
    ['postgres://app:hunter2?x', 'bad-port'],
    ['postgres://app:x/hunter2', 'bad-port'],
    ['postgres://app:x?hunter2', 'bad-port'],
    ['postgres://app:hunter2@db1:0/shop', 'bad-port'],
    ['postgres://app:hunter2@db1:99999/shop', 'bad-port'],
    ['postgres://app:hunter2@fe80::1/shop', 'bad-port'],
    ['postgres://app:hunter2@undefined:5432/shop', 'unset-variable'],
    ['postgres://undefined:hunter2@db1/shop', 'unset-variable'],
    ['postgres://app:undefined@db1/shop', 'unset-variable'],
    ['postgres://app:hunter2@db1:undefined/shop', 'unset-variable'],
    ['postgres://app:hunter2@db1/null', 'unset-variable'],
    ['postgres://app:hunter2@${DB_HOST}/shop', 'unexpanded-variable'],
    ['postgres://app:<password>@db1/shop', 'unexpanded-variable'],
    ['postgres://app:hunter2@db1/shop?sslmode=requires', 'bad-sslmode'],
    ['mysql://app:hunter2@db1/shop?ssl-mode=VERIFY', 'bad-sslmode'],
  ])('%s: %s', async (url, code) => {
    const { status, error, errors, result } = await lint(url);
    expect(status).toBe('failed');
    expect(errors).toContain(code);
    expect(error).toMatchObject({ kind: 'config', code: errors[0] });
    expect(result.ok).toBe(false);
    expect(JSON.stringify({ error, result })).not.toContain('hunter2');
  });

  test('and says what was probably meant', async () => {
    expect((await lint('postgre://db1')).error?.hint).toBe('did you mean "postgres"?');
    const misspelt = await lint('postgres://db1/shop?sslmode=verify_full');
    expect(misspelt.error?.hint).toBe('Did you mean "verify-full"?');
  });
});

describe('characters of a password that clients read differently', () => {
  test.each([
    ['p@ss', '@', '%40'],
    ['p/ss', '/', '%2F'],
    ['p#ss', '#', '%23'],
    ['p?ss', '?', '%3F'],
    ['p%ss', '%', '%25'],
    ['p ss', 'a blank', '%20'],
  ])('%s is to be encoded', async (password, character, code) => {
    const { warnings, findings, result } = await lint(`postgresql://app:${password}@db1/shop`);
    expect(warnings).toEqual(['unencoded-password']);
    expect(findings).toContainEqual({
      code: 'unencoded-password',
      severity: 'warning',
      message: `the password holds ${character}, which should be written ${code}`,
      hint: expect.stringMatching(/psql|Node|clients/),
    });
    expect(result).toMatchObject({ host: 'db1', database: 'shop', password_length: 4, ok: false });
  });

  test('all of them are named at once', async () => {
    const { findings } = await lint('postgresql://app:a@b#c@db1/shop');
    expect(findings[0]).toMatchObject({ message: expect.stringMatching(/holds @ #, .* %40 %23$/) });
  });

  test.each(['p:ss', 'p!ss', 'p%40ss', "p'ss"])('%s is read the same by all', async (password) => {
    expect((await lint(`postgresql://app:${password}@db1/shop`)).warnings).toEqual([]);
  });

  test('a $ is harmless in a URL and not on the way there', async () => {
    const { warnings, remarks, findings } = await lint('postgresql://app:pa$$word@db1/shop');
    expect(warnings).toEqual([]);
    expect(remarks).toContain('dollar');
    expect(findings.find(({ code }) => code === 'dollar')?.hint).toMatch(/compose.*single quotes/);
  });

  test('what was encoded twice, or holds a line end, is told', async () => {
    expect((await lint('postgresql://app:p%2540ss@db1/shop')).warnings).toEqual(['encoded-twice']);
    const literal = await lint('postgresql://app:p%2541ss@db1/shop?sslmode=verify-full');
    expect(literal.warnings).toEqual([]);
    expect(literal.remarks).toContain('encoded-twice');
    expect(literal.result.ok).toBe(true);
    expect((await lint('postgresql://app:pass%0A@db1/shop')).warnings).toEqual([
      'password-white-space',
    ]);
  });
});

describe('parts that are missing', () => {
  test.each([
    ['postgresql://app:x@/shop', ['missing-host']],
    ['postgresql://db1/shop', ['missing-user']],
    ['postgresql://app:x@db1', ['missing-database']],
    ['postgresql://app:@db1/shop', ['empty-password']],
    ['postgresql://app:x@db1/shop/orders', ['odd-database']],
    [' postgresql://app:x@db1/shop\n', ['white-space']],
  ])('%j: %s', async (url, warnings) => {
    expect((await lint(url)).warnings).toEqual(warnings);
  });

  test('no password is no fault', async () => {
    const { warnings, remarks, result } = await lint('postgresql://app@db1/shop');
    expect(warnings).toEqual([]);
    expect(remarks).toContain('no-password');
    expect(result).toMatchObject({ has_password: false, password_length: 0 });
  });

  test('what stands among the parameters is not missing', async () => {
    const { warnings, result } = await lint(
      'postgresql:///?host=/run/postgresql&user=app&dbname=shop&password=hunter2',
    );
    expect(warnings).toEqual([]);
    expect(result).toMatchObject({
      host: '/run/postgresql',
      user: 'app',
      database: 'shop',
      password_length: 7,
      parameters: { password: '‹hidden›' },
    });
  });
});

describe('where the URL leads', () => {
  test('localhost is another place in a container, and a socket file to MySQL’s own clients', async () => {
    const { findings } = await lint('mysql://app:x@localhost:3306/shop?ssl={}');
    expect(findings.find(({ code }) => code === 'local-host')?.hint).toMatch(
      /container.*socket file/,
    );
    const postgres = await lint('postgresql://app:x@127.0.0.1/shop');
    expect(postgres.findings.find(({ code }) => code === 'local-host')?.hint).not.toMatch(/socket/);
  });

  test.each([
    ['postgresql://app:x@db1:3306/shop', 'MySQL'],
    ['mysql://app:x@db1:5432/shop', 'PostgreSQL'],
    ['mysql://app:x@db1:33060/shop', 'X protocol'],
    ['postgresql://app:x@db1:6379/shop', 'Redis'],
    ['postgresql://app:x@db1:443/shop', 'HTTPS'],
  ])('%s has the port of %s', async (url, service) => {
    const { warnings, findings } = await lint(url);
    expect(warnings).toEqual(['other-service']);
    expect(findings.find(({ code }) => code === 'other-service')).toMatchObject({
      message: expect.stringContaining(service),
    });
  });

  test.each([
    ['postgresql://app:x@db1:6432/shop', 'pooler'],
    ['postgresql://app:x@db1:5432,db2:5432/shop', 'several-hosts'],
  ])('%s: %s', async (url, remark) => {
    const { warnings, errors, remarks } = await lint(url);
    expect([...warnings, ...errors]).toEqual([]);
    expect(remarks).toContain(remark);
  });

  test('an address to listen on is none to connect to', async () => {
    expect((await lint('postgresql://app:x@0.0.0.0/shop')).warnings).toEqual(['any-address']);
  });
});

describe('how the URL wants TLS', () => {
  test.each([
    ['postgresql://app:x@db1/shop?sslmode=require', [], ['sslmode-differs']],
    ['postgresql://app:x@db1/shop?sslmode=require&uselibpqcompat=true', [], []],
    ['postgresql://app:x@db1/shop?sslmode=prefer', ['not-encrypted'], ['sslmode-differs']],
    ['postgresql://app:x@db1/shop?sslmode=disable', ['not-encrypted'], []],
    ['postgresql://app:x@localhost/shop?sslmode=disable', [], ['local-host']],
    ['postgresql://app:x@db1/shop?sslmode=verify-full', [], ['no-root-certificate']],
    ['postgresql://app:x@db1/shop?sslmode=no-verify', ['sslmode-differs'], []],
    ['postgresql://app:x@db1/shop', [], ['no-sslmode']],
    ['postgresql://app:x@db1/shop?ssl=true', ['ssl-flag'], []],
    ['mysql://app:x@db1/shop?sslmode=require', ['sslmode-ignored'], []],
    ['mysql://app:x@db1/shop?ssl-mode=REQUIRED', ['sslmode-ignored'], []],
    ['mysql://app:x@db1/shop?ssl=true', ['ssl-flag'], []],
    ['mysql://app:x@db1/shop?ssl={"rejectUnauthorized":true}', [], []],
    ['mysql://app:x@db1/shop', [], ['no-sslmode']],
  ])('%s', async (url, warnings, remarks) => {
    const found = await lint(url);
    expect(found).toMatchObject({ warnings, remarks, errors: [] });
  });
});

describe('parameters', () => {
  test('that no client knows are told with what was probably meant', async () => {
    const { findings, warnings } = await lint(
      'postgresql://app:x@db1/shop?sslmod=verify-full&connect_timout=3&colour=blue&sslmode=require',
    );
    expect(warnings).toEqual(['unknown-parameter', 'unknown-parameter', 'unknown-parameter']);
    const hints = findings
      .filter(({ code }) => code === 'unknown-parameter')
      .map(({ hint }) => hint);
    expect(hints).toEqual([
      'Did you mean "sslmode"?',
      'Did you mean "connect_timeout"?',
      expect.stringMatching(/ignore/),
    ]);
  });

  test('that are given twice, or hold the password, are told', async () => {
    const { warnings, remarks } = await lint(
      'mysql://app@db1/shop?charset=utf8&charset=utf8mb4&password=x&ssl={}',
    );
    expect(warnings).toEqual(['repeated-parameter']);
    expect(remarks).toContain('password-in-query');
  });
});
