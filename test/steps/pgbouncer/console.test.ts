import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedUrl } from '#lab/setup/changed-url.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { type Lab, type PgbouncerLab, POOLER_LIMITS } from '#lab/setup/lab.ts';
import { parseTemplate } from '#runbook/expression/template.ts';
import { renderConsoleCommand } from '#safety/actions/console-command.ts';
import { createConsoleExecutor } from '#steps/pgbouncer/executor.ts';
import { because } from '../../support/because.ts';
import { ConfigOperator } from '../../support/config-operator.ts';
import { ConfirmedRun } from '../../support/confirmed-run.ts';
import { sessionOn } from '../../support/database-session.ts';
import { startSwitchingProxy } from '../../support/switching-proxy.ts';

const missing = await missingEngine('pgbouncer');

/** The values that could end a quoted name, or begin another command. */
const AWKWARD = ['"', '""', 'shop"; KILL "shop', `a'b`, 'a\\', 'a\\"', 'a\nb', '$1', 'é ☃', ';'];

describe.skipIf(missing !== undefined)(`the console of PgBouncer${because(missing)}`, () => {
  let lab: PgbouncerLab;
  beforeAll(async () => {
    const started: Lab = await startLab('pgbouncer');
    if (started.engine !== 'pgbouncer') throw new Error('there is no pooler');
    lab = started;
  });
  afterAll(() => lab?.close());

  const session = (url = lab.consoleUrl) => sessionOn(createConsoleExecutor, url);
  const paused = async () =>
    (await session().rows('SHOW DATABASES')).find(({ name }) => name === 'shop')?.paused;

  test('answers with rows, whichever database the URL names', async () => {
    const console = session(changedUrl(lab.consoleUrl, { database: 'shop' }));
    expect(await console.rows('SHOW DATABASES')).toContainEqual(
      expect.objectContaining({ name: 'shop', paused: 0, force_user: null }),
    );
    expect(await console.rows('SHOW CONFIG')).toContainEqual(
      expect.objectContaining({ key: 'default_pool_size', value: String(POOLER_LIMITS.pool) }),
    );
    expect(console.connections).toEqual([
      expect.objectContaining({ engine: 'pgbouncer', database: 'pgbouncer', user: 'oncall' }),
    ]);
    expect(console.connections[0]?.version).toMatch(/^\d+\.\d+/);
  });

  test('is sent nothing but known commands, and no change as a read', async () => {
    const console = session();
    for (const [text, readOnly] of [
      ['PAUSE shop', true],
      ['FLUSH', false],
      ['SHOW POOLS; PAUSE shop', false],
    ] as const)
      expect(await console.run(text, { readOnly })).toMatchObject({
        status: 'failed',
        error: { kind: 'config', hint: 'Nothing was sent to the console.' },
      });
    const values = await console.run('SHOW POOLS', { values: [1] });
    expect(values).toMatchObject({ status: 'failed', error: { kind: 'config' } });
    expect(await paused()).toBe(0);
  });

  test.each(AWKWARD)('takes any value for one name: %j', async (value) => {
    const text = 'RESUME ${{ v }}';
    const template = parseTemplate(text, { start: 0, end: text.length }, (at) => at, []);
    const command = renderConsoleCommand(template, { v: value });
    if (!command.ok) throw new Error(command.reason);
    const outcome = await session().run(command.value, { readOnly: false });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { message: `no such database: ${value}` },
    });
  });

  test.each([
    ['', 'the console takes an empty name for all databases'],
    ['a\0b', 'the console reads NUL as an end'],
    [['a'], 'the console takes one value, not a list'],
  ])('takes no name that means something else: %j', (value, reason) => {
    const text = 'KILL ${{ v }}';
    const template = parseTemplate(text, { start: 0, end: text.length }, (at) => at, []);
    expect(renderConsoleCommand(template, { v: value })).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  test('says what it has refused, and that nothing was done', async () => {
    const shop = changedUrl(lab.urls.shop, { database: 'pgbouncer' });
    const refused = await session().run('RESUME shop', { readOnly: false });
    expect(refused).toMatchObject({
      status: 'failed',
      error: { kind: 'unknown', message: 'database shop is not paused' },
    });
    const stranger = await session(shop).run('SHOW POOLS');
    expect(stranger).toMatchObject({ status: 'failed', error: { kind: 'auth' } });
  });

  test('leaves a change unknown that it was still at: it goes on without its client', async () => {
    const holder = await lab.open(lab.urls.shop, { name: 'shop-backoffice' });
    await holder.ask('BEGIN');
    const outcome = await session().run('PAUSE shop', { readOnly: false, timeoutMs: 300 });
    expect(outcome).toMatchObject({ status: 'unknown', error: { kind: 'timeout' } });
    await holder.ask('COMMIT');
    await expect.poll(paused).toBe(1);
    await session().run('RESUME shop', { readOnly: false });
    await holder.end();
  });

  test('shows a preview at the gate, runs what was confirmed there, and verifies it', async () => {
    const run = await ConfirmedRun.of(
      `
  - id: pause
    effect: change
    preview: { sql: SHOW DATABASES, volatile: [current_connections] }
    sql: PAUSE \${{ preview.rows[1].name }}
    verify: { sql: SHOW DATABASES, until: 'result.rows[1].paused == 1', within: 5s }
    undo: { sql: "RESUME \${{ preview.rows[1].name }}" }
  - { id: after, manual: Look. }
`,
      lab.consoleUrl,
      'pgbouncer',
    );
    const gate = await run.gate();
    expect(gate).toMatchObject({
      action: { text: 'PAUSE "shop"', values: [] },
      undo: 'It can be undone afterwards: RESUME "shop"',
    });
    run.confirm(gate);
    await run.end();
    expect(await paused()).toBe(1);
    await session().run('RESUME shop', { readOnly: false });
  });

  test('is checked by the doctor', async () => {
    const kim = new ConfigOperator();
    kim.writeRunbook(
      'pools',
      `name: pools
title: Pools
summary: Lists pools.
inputs: { console_url: { type: url, secret: true } }
targets: { console: { database: "\${{ inputs.console_url }}", engine: pgbouncer } }
steps:
  - { id: look, title: Look, sql: SHOW POOLS }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Looked. } }
`,
    );
    kim.writeUserConfig('environments: { prod: { inputs: { console_url: "env:CONSOLE" } } }');
    const { stdout } = await kim.run(['doctor', 'pools'], { CONSOLE: lab.consoleUrl });
    expect(stdout).toMatch(
      /console: pgbouncer oncall@127\.0\.0\.1:\d+\/pgbouncer,\s+PgBouncer's\s+console\s+\d+\.\d+\.\d+,\s+not\s+encrypted/,
    );
  });

  test('is confirmed for one connection, since it does not tell which pooler it is', async () => {
    const { port } = new URL(lab.consoleUrl);
    const proxy = await startSwitchingProxy(Number(port));
    const run = await ConfirmedRun.of(
      `
  - { id: look, effect: read, sql: SHOW POOLS }
  - { id: reload, effect: change, sql: RELOAD }
  - { id: after, manual: Look. }
`,
      changedUrl(lab.consoleUrl, { port: proxy.port }),
      'pgbouncer',
    );
    const gate = await run.gate();
    proxy.cut();
    run.confirm(gate);
    expect(await run.gate(gate)).toMatchObject({ changes: { server: true } });
    run.decline();
  });
});
