import { expect, test } from 'vitest';
import { shopServer } from '../../e2e/shop-server.ts';
import { ConfigOperator } from '../../support/config-operator.ts';
import { closedPort } from '../../support/fake-endpoints.ts';

const shop = shopServer();

const WHO = `name: who
title: Who are we?
summary: Asks the server.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
targets:
  db: { database: "\${{ inputs.database_url }}", engine: postgres }
  fixed: { database: "postgres://nobody@127.0.0.1:1/none" }
  app: { local: true }
steps:
  - { id: db, title: On db, on: db, effect: read, sql: "SELECT 'db ' || current_user AS me" }
  - { id: fixed, title: On fixed, on: fixed, effect: read, sql: "SELECT 'fixed ' || current_user AS me" }
  - { id: app, title: On app, on: app, effect: read, env: { URL: "\${{ inputs.database_url }}" }, shell: 'echo "user \${URL%%:*} of \${#URL}"' }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`;

function operator(targets: string, inputs = '{}'): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('who', WHO);
  kim.writeUserConfig(`environments:\n  prod:\n    inputs: ${inputs}\n    targets: ${targets}\n`);
  return kim;
}

const env = () => ({ VIEWER: shop.urls.viewer, ONCALL: shop.urls.oncall });

test('a target is where the environment says, and the input its address comes from is that address', async () => {
  const kim = operator('{ db: { database: "env:VIEWER" }, fixed: { database: "env:ONCALL" } }');
  const { code, stdout } = await kim.run(['run', 'who', '--env', 'prod'], env());
  expect(code).toBe(0);
  expect(stdout).toContain('db viewer');
  expect(stdout).toContain('fixed oncall');
  expect(stdout).toContain(`user postgres of ${shop.urls.viewer.length}`);
});

test('an input of the environment stays what it is beside the address of the target', async () => {
  const kim = operator(
    '{ db: { database: "env:VIEWER" }, fixed: { database: "env:VIEWER" } }',
    '{ database_url: "env:ONCALL" }',
  );
  const { stdout } = await kim.run(['run', 'who', '--env', 'prod'], env());
  expect(stdout).toContain('db viewer');
  expect(stdout).toContain(`of ${shop.urls.oncall.length}`);
});

test('--input goes before the address of the target it is for', async () => {
  const kim = operator('{ db: { database: "env:NOBODY" }, fixed: { database: "env:VIEWER" } }');
  const args = ['run', 'who', '--env', 'prod', '--input', 'database_url=env:ONCALL'];
  const { code, stdout } = await kim.run(args, env());
  expect(code).toBe(0);
  expect(stdout).toContain('db oncall');
});

test('a reserve that cannot be had is said, and the run goes on without', async () => {
  const kim = operator(
    '{ db: { database: "env:VIEWER", reserve: "env:NOBODY" }, fixed: { database: "env:VIEWER" } }',
  );
  const { code, stderr } = await kim.run(['run', 'who', '--env', 'prod'], env());
  expect(code).toBe(0);
  expect(stderr).toContain('targets.db.reserve has no value: NOBODY is not set');
});

test.each([
  ['{ db: { ssh: app-1 } }', 'prod.targets.db is ssh, but the runbook requires database'],
  ['{ app: { database: "env:VIEWER" } }', 'targets.app is database, but the runbook requires'],
  ['{ db: { database: "env:MYSQL" } }', 'is mysql, but the runbook requires postgres'],
  ['{ fixed: { database: "env:MYSQL" } }', 'is mysql, but the runbook requires postgres'],
  ['{ fixed: { database: "env:VIEWER", engine: mysql } }', 'is mysql, but the runbook requires'],
  ['{ db: { database: "env:NO_URL" } }', 'targets.db.database is not a database URL'],
  ['{ db: { database: "env:VIEWER", engine: mysql } }', 'is mysql, but the runbook requires'],
])('%s does not fit, and the run does not start', async (targets, message) => {
  const more = { MYSQL: 'mysql://kim:hunter22@db/shop', NO_URL: 'hunter22' };
  const said = await operator(targets).run(['run', 'who', '--env', 'prod'], { ...env(), ...more });
  expect(said).toMatchObject({ code: 5, stdout: '' });
  expect(said.stderr).toContain(message);
  expect(said.stderr).toContain('~/.config/runbook/config.yaml');
  expect(said.stderr).not.toContain('hunter22');
});

test('a run is resumed on the targets of its environment, and on no other server', async () => {
  const kim = operator('{ db: { database: "env:VIEWER" }, fixed: { database: "env:VIEWER" } }');
  kim.writeRunbook(
    'who',
    WHO.replace(
      '  - { id: db,',
      '  - { id: hands, title: By hand, manual: Do it. }\n  - { id: db,',
    ),
  );
  expect((await kim.run(['run', 'who', '--env', 'prod'], env())).code).toBe(4);
  const elsewhere = new URL(shop.urls.viewer);
  elsewhere.port = String(await closedPort());
  const moved = await kim.run(['resume'], { ...env(), VIEWER: elsewhere.href });
  expect(moved.code).toBe(2);
  expect(moved.stderr).toMatch(/the run is on postgres viewer@.* now leads to/);
  expect((await kim.run(['resume'], env())).code).toBe(4);
});
