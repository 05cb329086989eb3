import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '#errors.ts';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, otherClient, setUp } from '../support/mysql-session.ts';
import { newOperator } from './operator.ts';

const SCHEME_WRITTEN = '"mysql://${{ inputs.rest }}"';
const ENGINE_DECLARED = '"mysql://${{ inputs.rest }}", engine: mysql';
const FROM_INPUT = '"${{ inputs.url }}"';
const DECLARED_FROM_INPUT = '"${{ inputs.url }}", engine: mysql';

const TWO_TEXTS = '{ mysql: SELECT 1 AS one, mariadb: SET GLOBAL max_connections = 77 }';
const ONLY_MARIADB = '{ mariadb: SET GLOBAL max_connections = 77 }';

function runbook(target: string, steps: string): string {
  return `name: two
title: Two texts
summary: It depends on the server.
inputs: { rest: { default: x }, url: { type: url, default: "mysql://h/d" } }
targets: { db: { database: ${target} } }
steps:
${steps}
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;
}

describe.skipIf(!hasMariadb)('on MariaDB behind a mysql: URL (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  const rest = () => `ops:x@127.0.0.1:${server.port}/shop`;
  const limit = async () => {
    const root = await otherClient(server.rootUrl);
    return (await root.ask('SELECT @@global.max_connections AS n'))[0]?.n;
  };

  beforeAll(async () => {
    server = await startMariadb();
    await setUp(server.rootUrl, [
      ...['CREATE DATABASE shop', `CREATE USER ops@'%' IDENTIFIED BY 'x'`],
      `GRANT ALL ON *.* TO ops@'%'`,
    ]);
  });
  afterAll(() => server?.stop());

  const run = async (text: string) => {
    const operator = newOperator();
    operator.writeRunbook('two', text);
    const inputs = ['--input', `rest=${rest()}`, '--input', `url=mysql://${rest()}`];
    const before = await limit();
    const said = await operator.run(['run', 'two', '--auto', ...inputs]);
    expect(await limit(), said.stdout + said.stderr).toBe(before);
    return said;
  };

  test.each([SCHEME_WRITTEN, ENGINE_DECLARED, FROM_INPUT, DECLARED_FROM_INPUT])(
    "MariaDB's text that changes stops at its gate: %s",
    async (target) => {
      const step = `  - { id: change, sql: ${TWO_TEXTS} }`;
      expect(await run(runbook(target, step))).toMatchObject({ code: EXIT.notConfirmed });
    },
  );

  test('so does the only text there is, after a step that connected', async () => {
    const steps = `  - { id: look, sql: SELECT 1 AS one }\n  - { id: change, sql: ${ONLY_MARIADB} }`;
    const said = await run(runbook(SCHEME_WRITTEN, steps));
    expect(said).toMatchObject({ code: EXIT.notConfirmed });
  });

  test.each([
    ['wait', `  - { id: w, wait: { sql: ${TWO_TEXTS}, until: "true", within: 1s } }`],
    ['preview', `  - { id: p, effect: change, preview: { sql: ${TWO_TEXTS} }, sql: FLUSH STATUS }`],
    [
      'parallel',
      `  - { id: p, parallel: [{ id: a, sql: ${TWO_TEXTS} }, { id: b, sql: SELECT 1 AS one }] }`,
    ],
  ])('a runbook with it in a %s is not valid', async (_, step) => {
    const said = await run(runbook(SCHEME_WRITTEN, step));
    expect(said).toMatchObject({ code: EXIT.invalid });
    expect(said.stderr).toContain('effect-not-read');
  });

  test('texts that read run on it without a gate', async () => {
    const steps = `  - { id: look, sql: { mysql: SELECT 1 AS one, mariadb: SELECT 2 AS one } }
  - { id: which, sql: { mariadb: SELECT 3 AS one }, expect: steps.look.row.one == 2 }`;
    expect(await run(runbook(SCHEME_WRITTEN, steps))).toMatchObject({ code: EXIT.ok });
  });

  test('a URL of another protocol than the declared engine is refused', async () => {
    const operator = newOperator();
    const step = '  - { id: look, sql: SELECT 1 AS one }';
    operator.writeRunbook('two', runbook('"${{ inputs.url }}", engine: postgres', step));
    const url = `mysql://${rest()}`;
    const said = await operator.run(['run', 'two', '--auto', '--input', `url=${url}`]);
    expect(said.code).toBe(EXIT.invalid);
    expect(said.stderr).toContain('is for PostgreSQL, but its URL is for MySQL');
  });
});
