import { expect, test, vi } from 'vitest';
import { exhaustedShop } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';

const shop = exhaustedShop({ idleSeconds: 1 });

test('without a terminal reads run by themselves up to the first gate, and it is said how to go on', async () => {
  const kim = newOperator(shop.env);
  const { code, stdout, stderr } = await kim.run([...shop.args, '--plain']);
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  // The login that was refused for want of an ordinary slot may not have left the server yet.
  expect(stdout).toMatch(/The server is full: 1[56] connections, 15 ordinary slots/);
  expect(stdout).toMatch(/shop-web +11 +9 +2 +0/);
  expect(stdout).toContain('DESTRUCTIVE: Terminate idle sessions');
  expect(stdout).toContain('9 rows');
  for (const { pid } of shop.lab.sessions.leaked)
    expect(stdout).toMatch(new RegExp(`^ +${pid} `, 'm'));
  expect(stdout).toMatch(/in all rows: .*application shop-web/);
  expect(stdout).toContain('waiting: Confirm this change?');
  expect(stdout).toMatch(/resume: +runbook resume \S+-pool-exhausted-/);
  expect(stdout).not.toContain('\u001b');
  expect(kim.events('step.started').every(({ effect }) => effect === 'read')).toBe(true);
  expect((await shop.lab.check()).facts).toMatchObject({ leaked_ended: 0 });
});

test('a run that was left without a terminal is gone on with in one', async () => {
  const kim = newOperator(shop.env);
  await kim.run([...shop.args, '--plain']);
  const terminal = kim.open(['resume'], { columns: 100, rows: 30 });
  await vi.waitFor(() => expect(kim.events('gate.opened')).toHaveLength(2), 10_000);
  await terminal.waitFor(/9 sessions to terminate[\s\S]*Type shop to run it:/);
});

const SHORT = `name: short
title: A short look
summary: Nothing much.
steps:
  - { id: look, title: Look around, effect: read, shell: echo all is well }
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

test.each(['INK_SCREEN_READER=true', 'TERM=dumb', 'CI=true'])(
  'with %s a terminal gets lines and prompts, and nothing is drawn',
  async (variable) => {
    const kim = newOperator();
    kim.writeRunbook('short', SHORT);
    const terminal = kim.openRunbook(['run', 'short'], ['/usr/bin/env', variable]);
    await terminal.waitFor(/Enter start, /);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
    expect(terminal.history()).toContain('✓ short resolved');
    expect(terminal.received).not.toContain('\u001b[?1049h');
  },
);

test('Ctrl-C at a prompt asks first, and the second one leaves the run', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open([...shop.args, '--plain', '--auto'], { columns: 120, rows: 50 });
  await terminal.waitFor('Type shop to run it');
  terminal.press('ctrl-c');
  await terminal.waitFor('Enter continue');
  terminal.press('ctrl-c');
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
  expect(terminal.history()).toMatch(/resume: +runbook resume \S+-pool-exhausted-/);
});

test('prompts in a terminal lead to the end, and wrong answers run nothing', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open([...shop.args, '--plain', '--auto'], { columns: 120, rows: 50 });
  await terminal.waitFor('Type shop to run it');
  expect(terminal.isAlternate).toBe(false);
  terminal.type('shp');
  terminal.press('enter');
  await terminal.waitFor('Nothing was run.');
  await terminal.waitFor(/Nothing was run\.[\s\S]*Type shop to run it[^\n]*$/m);
  terminal.type('shop');
  terminal.press('enter');
  await terminal.waitFor('DESTRUCTIVE: Terminate abandoned transactions');
  await terminal.waitFor(/Terminate abandoned transactions[\s\S]*Type shop to run it/);
  terminal.type('shop');
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expect(terminal.history()).toContain('✓ pool-exhausted resolved');
  expect(await shop.lab.check()).toMatchObject({ gone: true, collateral: [] });
});

const LEFTOVERS = `name: leftovers
title: Leftovers fill the disk
summary: Old files fill the disk.
steps:
  - id: clean
    title: Remove the leftovers
    effect: destructive
    preview: { shell: 'for n in 1 2 3; do echo "/srv/incoming/leftover-$n.tmp"; done' }
    shell: 'true'
    confirm: { phrase: remove them }
    undo: { none: nothing needs them }
  - { id: done, title: Over, finish: { outcome: resolved, summary: They are gone. } }
`;

test.each([
  [[], 0, 0],
  [['--plain'], 0, 0],
  [['--plain'], 0, 24],
  [['--plain'], 12, 24],
])(
  'with %j in a terminal of %i by %i the gate has every row, and a prompt',
  async (flags, columns, rows) => {
    const kim = newOperator();
    kim.writeRunbook('leftovers', LEFTOVERS);
    const sized = `stty rows ${rows} cols ${columns}; exec "$@"`;
    const terminal = kim.openRunbook(
      ['run', 'leftovers', '--auto', ...flags],
      ['/bin/sh', '-c', sized, 'sh'],
      { columns: 100, rows: 40 },
    );
    await terminal.waitFor(/Type remove them to run it/);
    expect(terminal.isAlternate).toBe(false);
    for (const row of [1, 2, 3])
      expect(terminal.history()).toContain(`/srv/incoming/leftover-${row}.tmp`);
    expect(kim.events('run.started')[0]?.terminal).toEqual(
      columns > 0 && rows > 0 ? { columns, rows } : undefined,
    );
  },
);
