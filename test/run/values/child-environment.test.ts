import { describe, expect, test } from 'vitest';
import { shopServer } from '../../e2e/shop-server.ts';
import { ConfigOperator } from '../../support/config-operator.ts';

const shop = shopServer();

const CHILD = `name: restart
title: Restart a queue
summary: Says what it was given.
inputs:
  token: { secret: true, env: QUEUE_TOKEN }
  queue: { env: QUEUE }
  count: { type: number, default: 1, env: COUNT }
steps:
  - id: print
    title: Print them
    effect: read
    read_because: It prints.
    env: { TOKEN: "\${{ inputs.token }}" }
    shell: 'echo "token=$TOKEN"; echo queue \${{ inputs.queue }} count \${{ inputs.count }}'
  - { id: look, title: Look at it, manual: 'Look at \${{ inputs.queue }}, \${{ inputs.count }}.' }
  - { id: again, title: Say it again, effect: read, read_because: It prints., shell: 'echo again \${{ inputs.queue }} \${{ inputs.count }}' }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`;

const parent = (given = '') => `name: parent
title: Runs another
summary: It runs another runbook.
steps:
  - { id: inner, title: Run it, runbook: restart${given === '' ? '' : `, with: ${given}`} }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Done. } }
`;

const TOKEN = 'tok-5521-aeiou';

function operator(given = ''): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('restart', CHILD);
  kim.writeRunbook('parent', parent(given));
  return kim;
}

describe('a runbook as a step gets what it gets when it is run alone', () => {
  test('from its variables and its defaults; a secret stays one', async () => {
    const kim = operator();
    const env = { QUEUE_TOKEN: TOKEN, QUEUE: 'orders' };
    const { code, stdout, stderr } = await kim.run(['run', 'parent'], env);
    expect({ code, stderr: stderr.includes(TOKEN) }).toEqual({ code: 4, stderr: false });
    expect(stdout).toContain('queue orders count 1');
    expect(stdout).not.toContain(TOKEN);
    expect(JSON.stringify(kim.journal())).not.toContain(TOKEN);
    expect(kim.events('child.started')[0]?.inputs).toEqual([
      { name: 'token', secret: true, value: '‹secret:token›' },
      { name: 'queue', secret: false, value: 'orders' },
      { name: 'count', secret: false, value: 1 },
    ]);
  });

  test('from the environment of --env, before its variables', async () => {
    const kim = operator();
    kim.writeUserConfig(
      'environments:\n  prod:\n    inputs: { token: "file:~/token", queue: text:mails, count: 5 }\n',
    );
    kim.write('token', `${TOKEN}\n`);
    const env = { QUEUE_TOKEN: 'no', QUEUE: 'orders', COUNT: '3' };
    const { stdout } = await kim.run(['run', 'parent', '--env', 'prod'], env);
    expect(stdout).toContain('queue mails count 5');
    expect(stdout).not.toContain(TOKEN);
  });

  test('what the step names comes from the step', async () => {
    const kim = operator('{ queue: bills }');
    const env = { QUEUE_TOKEN: TOKEN, QUEUE: 'orders', COUNT: '3' };
    const { stdout } = await kim.run(['run', 'parent'], env);
    expect(stdout).toContain('queue bills count 3');
  });

  test('its targets are where the environment says they are', async () => {
    const kim = new ConfigOperator();
    kim.writeRunbook(
      'restart',
      `name: restart
title: Who are we?
summary: Asks the server.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
targets:
  db: { database: "\${{ inputs.database_url }}", engine: postgres }
  fixed: { database: "postgres://nobody@127.0.0.1:1/none" }
steps:
  - { id: db, title: On db, on: db, effect: read, sql: "SELECT 'db ' || current_user AS me" }
  - { id: fixed, title: On fixed, on: fixed, effect: read, sql: "SELECT 'fixed ' || current_user AS me" }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`,
    );
    kim.writeRunbook('parent', parent());
    kim.writeUserConfig(
      'environments:\n  prod:\n    targets: { db: { database: "env:VIEWER" }, fixed: { database: "env:ONCALL" } }\n',
    );
    const env = { VIEWER: shop.urls.viewer, ONCALL: shop.urls.oncall };
    const { code, stdout } = await kim.run(['run', 'parent', '--env', 'prod'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('db viewer');
    expect(stdout).toContain('fixed oncall');
  });

  test('what nothing gives is said where nobody can answer', async () => {
    const kim = operator();
    const { code, stdout } = await kim.run(['run', 'parent'], { QUEUE: 'orders' });
    expect(code).toBe(4);
    expect(stdout).toContain(
      'restart: the input "token" has no value: start the run with QUEUE_TOKEN set',
    );
  });

  test('what nothing gives is asked for at the start, a secret without echo', async () => {
    const kim = operator();
    const terminal = kim.open(['run', 'parent', '--plain', '--auto'], {});
    await terminal.waitFor('restart.token');
    terminal.type(`${TOKEN}\r`);
    await terminal.waitFor('restart.queue');
    terminal.type('orders\r');
    await terminal.waitFor('Look at orders, 1.');
    expect(terminal.text()).toContain('queue orders count 1');
    expect(terminal.text()).not.toContain(TOKEN);
  });
});

describe('a run that is resumed inside of such a runbook', () => {
  test('has the values it had, and needs the secrets again', async () => {
    const kim = operator();
    await kim.run(['run', 'parent'], { QUEUE_TOKEN: TOKEN, QUEUE: 'orders', COUNT: '2' });
    const without = await kim.run(['resume'], { QUEUE: 'mails', COUNT: '9' });
    expect(without.code).toBe(4);
    expect(without.stderr).toContain('restart.token (or QUEUE_TOKEN)');
    const env = { QUEUE_TOKEN: TOKEN, QUEUE: 'mails', COUNT: '9' };
    const terminal = kim.open(['resume', '--plain'], env);
    await terminal.waitFor('y done');
    expect(terminal.text()).toContain('Look at orders, 2.');
    terminal.type('y\r');
    await terminal.waitFor('What did you see?');
    terminal.type('\r');
    await terminal.waitFor('again orders 2');
  });
});

test('the doctor names what it would lack, by the names of both', async () => {
  const { stdout } = await operator().run(['doctor', 'parent'], { QUEUE: 'orders' });
  expect(stdout).toContain('inputs without a value: parent (restart.token)');
});
