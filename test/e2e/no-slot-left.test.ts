import { expect, test, vi } from 'vitest';
import { exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';

vi.setConfig({ testTimeout: 60_000 });

const shop = exhaustedShop({ idleSeconds: 1 });

test('a role without reserved slots is told which role gets in, and nothing is changed', async () => {
  const kim = newOperator({ DATABASE_URL: shop.lab.urls.viewer });
  const { code, stdout } = await kim.run([...shop.args, '--plain']);
  expect(code).toBe(6);
  expect(stdout).toContain('too_many_connections');
  expect(stdout).toContain('The server refuses even this login.');
  expect(stdout).toContain('pg_use_reserved_connections');
  expect(stdout).toContain('RESERVE_DATABASE_URL');
  expect(stdout).toContain('Nothing was changed.');
  expect(stdout).toMatch(/escalated after \d+(\.\d)?m?s/);
  expect(kim.events('run.finished')).toMatchObject([{ outcome: 'escalated' }]);
});

test('the screen says so too, and exits with 6', async () => {
  const kim = newOperator({ DATABASE_URL: shop.lab.urls.viewer });
  const terminal = kim.open(shop.args);
  await terminal.waitFor('── Next ──');
  terminal.type('a');
  const end = await terminal.waitFor('ESCALATED');
  expect(end).toContain('pg_use_reserved_connections');
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
