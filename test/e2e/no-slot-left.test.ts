import { expect, test } from 'vitest';
import { exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';

const shop = exhaustedShop({ idleSeconds: 1 });

test('where nobody can be asked for a login with a reserved slot, the run says who gets in and waits', async () => {
  const kim = newOperator({ DATABASE_URL: shop.lab.urls.viewer });
  const { code, stdout } = await kim.run([...shop.args, '--plain']);
  expect(code).toBe(4);
  expect(stdout).toContain('too_many_connections');
  expect(stdout).toContain('The server also refuses this login.');
  expect(stdout).toContain('pg_use_reserved_connections');
  expect(kim.events('operator.awaited').at(-1)).toMatchObject({ input: 'reserve_url' });
});

test('an operator who has no such login either escalates, and nothing is changed', async () => {
  const kim = newOperator({ DATABASE_URL: shop.lab.urls.viewer });
  const terminal = kim.open(shop.args);
  await terminal.waitFor('── Next ──');
  terminal.type('a');
  expect(await terminal.waitFor('Enter continues without it')).toContain('reserved slot');
  terminal.press('enter');
  await terminal.waitFor('ESCALATED');
  expect(kim.events('run.finished')).toMatchObject([
    { outcome: 'escalated', summary: expect.stringContaining('Hand over') },
  ]);
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 6, signal: 0 });
});

test('a reserve is used when no ordinary slot is left, and the run says so', async () => {
  const kim = newOperator({
    DATABASE_URL: shop.lab.urls.viewer,
    RESERVE_DATABASE_URL: shop.lab.urls.oncall,
  });
  const terminal = kim.open(shop.args, { columns: 100, rows: 30 });
  await goToGate(terminal);
  expect(terminal.text()).toContain('oncall@127.0.0.1');
  expect(kim.events('target.connected')).toMatchObject([
    { target: 'db', reserved: true, description: expect.stringContaining('oncall@') },
  ]);
  expect(terminal.text()).toContain('reserved slot');
});

test('a role that may use reserved slots itself is let in, and the run says so', async () => {
  const kim = newOperator(shop.env);
  const { code, stdout } = await kim.run([...shop.args, '--plain']);
  expect(code).toBe(4);
  expect(stdout).toContain('reserved slot');
});
