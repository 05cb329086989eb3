import { describe, expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { expectNoSecret, filesIn } from './secrets.ts';
import { shopServer } from './shop-server.ts';

const shop = shopServer();

const WORK = `name: work
title: Work on the server
summary: It needs a login of its own.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
  admin_url: { type: url, secret: true, env: ADMIN_DATABASE_URL, required: false }
targets:
  db:
    database: "\${{ inputs.admin_url != null ? inputs.admin_url : inputs.database_url }}"
    login: operator
steps:
  - id: look
    title: Look at the server
    on: db
    effect: read
    sql: SELECT current_user::text AS me
    next:
      - if: error.kind != "none"
        finding: "The server cannot be used: \${{ error.kind }}."
        goto: lost
      - finding: It is \${{ result.row.me }}.
  - { id: done, title: Done, finish: { outcome: resolved, summary: Looked. } }
  - { id: lost, title: Lost, finish: { outcome: escalated, summary: Somebody else. } }
`;

const PARENT = `name: parent
title: Runs another
summary: It runs another runbook.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
steps:
  - { id: inner, title: Run it, runbook: work, with: { database_url: "\${{ inputs.database_url }}" } }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Done. } }
`;

function mistyped(url: string, part: 'password' | 'database'): string {
  const wrong = new URL(url);
  if (part === 'password') wrong.password = 'mistyped-4411';
  else wrong.pathname = '/nowhere';
  return wrong.href;
}

describe('a login of the operator’s own that is mistyped', () => {
  test.each(['password', 'database'] as const)(
    'in its %s is corrected on the screen, and the run goes on',
    async (part) => {
      const kim = newOperator();
      kim.writeRunbook('work', WORK);
      const url = shop.urls.oncall;
      const args = ['run', 'work', '--auto', '--input', `database_url=${mistyped(url, part)}`];
      const terminal = kim.open(args, { columns: 80, rows: 24 });
      await terminal.waitFor(/This login is your own[\s\S]*e edit/);
      terminal.type('e');
      await terminal.waitFor('Change inputs, then run the step');
      terminal.type(url);
      terminal.press('enter');
      await terminal.waitFor('RESOLVED');
      terminal.press('enter');
      expect((await terminal.exited).code).toBe(0);
      expectNoSecret(url, [['the terminal', terminal.received], ...filesIn(kim.home)]);
    },
  );

  test('in a runbook that runs as a step is corrected there', async () => {
    const kim = newOperator({
      DATABASE_URL: shop.urls.viewer,
      ADMIN_DATABASE_URL: mistyped(shop.urls.oncall, 'password'),
    });
    kim.writeRunbook('work', WORK);
    kim.writeRunbook('parent', PARENT);
    const terminal = kim.open(['run', 'parent', '--auto'], { columns: 80, rows: 24 });
    await terminal.waitFor('This login is your own');
    terminal.type('e');
    await terminal.waitFor('admin_url');
    terminal.press('down');
    terminal.type(shop.urls.oncall);
    terminal.press('enter');
    await terminal.waitFor('RESOLVED');
    expect(terminal.text()).not.toContain('cannot be used');
  });

  test('is left as it is with w, and the runbook decides', async () => {
    const kim = newOperator();
    kim.writeRunbook('work', WORK);
    const wrong = mistyped(shop.urls.oncall, 'password');
    const args = ['run', 'work', '--auto', '--plain', '--input', `database_url=${wrong}`];
    const terminal = kim.open(args);
    await terminal.waitFor('w continue');
    terminal.type('w\r');
    expect((await terminal.exited).code).toBe(6);
    expect(terminal.history()).toContain('The server cannot be used: auth.');
  });

  test('ends nothing where nobody can answer, and the run can be resumed with another', async () => {
    const kim = newOperator();
    kim.writeRunbook('work', WORK);
    const wrong = mistyped(shop.urls.oncall, 'password');
    const { code, stdout } = await kim.run([
      'run',
      'work',
      '--step',
      '--input',
      `database_url=${wrong}`,
    ]);
    expect(code).toBe(4);
    expect(stdout).not.toContain('cannot be used');
    const terminal = kim.open(['resume', '--input', `database_url=${shop.urls.oncall}`]);
    await terminal.waitFor('This login is your own');
    terminal.type('r');
    await terminal.waitFor('RESOLVED');
  });
});

test('a login that was typed in a runbook that runs as a step is asked for again on resume', async () => {
  const kim = newOperator({
    DATABASE_URL: shop.urls.viewer,
    ADMIN_DATABASE_URL: mistyped(shop.urls.oncall, 'password'),
  });
  kim.writeRunbook(
    'work',
    WORK.replace('  - { id: done,', "  - { id: hold, manual: 'Wait.' }\n  - { id: done,"),
  );
  kim.writeRunbook('parent', PARENT);
  const first = kim.open(['run', 'parent', '--auto'], { columns: 80, rows: 24 });
  await first.waitFor('This login is your own');
  first.type('e');
  await first.waitFor('admin_url');
  first.press('down');
  first.type(shop.urls.oncall);
  first.press('enter');
  await first.waitFor('y done');
  first.type('q');
  await first.waitFor('Pause the run?');
  first.type('y');
  expect((await first.exited).code).toBe(7);
  const second = kim.open(['resume']);
  await second.waitFor('inner/admin_url');
  second.type(`${shop.urls.oncall}\r`);
  await second.waitFor('y done');
  second.type('b');
  await second.waitFor('Back to “Look at the server”');
  second.press('enter');
  await second.waitFor('y done');
  expect(second.text()).toContain('It is oncall.');
});

test('the shipped pool-exhausted says nothing of the server when the password is mistyped', async () => {
  const kim = newOperator();
  const wrong = mistyped(shop.urls.oncall, 'password');
  const args = ['run', 'pool-exhausted', '--auto', '--input', `database_url=${wrong}`];
  const terminal = kim.open(args, { columns: 80, rows: 24 });
  await terminal.waitFor('This login is your own');
  terminal.type('e');
  await terminal.waitFor('Change inputs, then run the step');
  terminal.type(shop.urls.oncall);
  terminal.press('enter');
  await terminal.waitFor('The server has free slots');
  expect(terminal.received).not.toContain('cannot be used at all');
});
