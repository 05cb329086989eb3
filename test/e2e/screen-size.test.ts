import { expect, test, vi } from 'vitest';
import { confirm, exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = exhaustedShop({ idleSeconds: 1 });

/** Checks that header and footer stand where they belong and nothing is wider than the terminal. */
function expectWholeFrame(terminal: OpenTerminal, rows: number): void {
  const lines = terminal.lines();
  expect(lines).toHaveLength(rows);
  expect(lines[0]).toContain('LIVE');
  expect(lines.at(-1)?.trim()).not.toBe('');
}

test.each([
  [80, 24],
  [200, 50],
])('a terminal of %i by %i shows steps, command, result, gate and keys', async (columns, rows) => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args, { columns, rows });
  await terminal.waitFor('── Next ──');
  expectWholeFrame(terminal, rows);
  if (columns === 200) expect(terminal.text()).toMatch(/▸ How full is the server\?.* │/);
  expect(terminal.text()).toContain('│ SELECT');
  terminal.press('enter');
  await terminal.waitFor(/The server is full:/);
  terminal.press('enter');
  const holders = await terminal.waitFor(/shop-web .*11/);
  expect(holders).toMatch(/application +sessions +idle/);
  expectWholeFrame(terminal, rows);
  await goToGate(terminal);
  expectWholeFrame(terminal, rows);
  const gate = terminal.text();
  expect(gate).toContain('9 sessions to terminate');
  expect(gate).toContain('pg_terminate_backend');
  await terminal.toTheEnd();
  expect(terminal.text()).toMatch(/burst of[\s║]+errors\./);
  if (columns === 200) {
    for (const { pid } of shop.lab.sessions.leaked)
      expect(gate).toMatch(new RegExp(`${pid} .*shop-web`));
    expect(gate).toMatch(/✓ Who holds the connections\?.* │/);
  }
});

test('a gate that is resized keeps what was typed, and its warning in sight where it fits', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args, { columns: 120, rows: 40 });
  await goToGate(terminal);
  terminal.type('sho');
  await terminal.waitFor('run it: sho▏');
  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
    [100, 30],
  ] as const) {
    terminal.resize(columns, rows);
    await terminal.waitFor((screen) => isFramed(screen, columns, rows));
    const screen = terminal.text();
    expect(screen).toContain('run it: sho▏');
    if (rows === 50) expect(screen).toContain('! Clients see an error');
    expect(screen.match(/DESTRUCTIVE/g)).toHaveLength(1);
  }
  terminal.press('enter');
  await terminal.waitFor('Nothing was run: “sho” is not the phrase.');
});

/** Tells whether a frame fills the terminal: its rules go from edge to edge, its keys stand last. */
function isFramed(screen: string, columns: number, rows: number): boolean {
  const lines = screen.split('\n');
  const rule = lines[1] ?? '';
  return (
    /^─+[┬─]*$/.test(rule) &&
    rule.length === columns &&
    /\^C stop|q leave/.test(lines[rows - 1] ?? '')
  );
}

test('a table is laid out anew when the terminal is resized', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args, { columns: 60, rows: 20 });
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor(/The server is full:/);
  terminal.press('enter');
  const narrow = await terminal.waitFor(/shop-web .*11/);
  expect(narrow).not.toMatch(/longest +role +client/);
  terminal.resize(160, 40);
  const wide = await terminal.waitFor((screen) => isFramed(screen, 160, 40));
  expect(wide).toMatch(/application +sessions +idle +idle_in_tx +active +longest +role +client/);
  expect(wide).not.toContain('not shown');
  terminal.resize(60, 20);
  const again = await terminal.waitFor((screen) => isFramed(screen, 60, 20));
  expect(again).not.toMatch(/longest +role +client/);
});

test('a terminal that is too small shows what matters, and everything when it grows', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args, { columns: 60, rows: 15 });
  await terminal.waitFor('How full is the server?');
  await terminal.waitFor(/q leave/);
  expect(terminal.lines()[0]).toContain('LIVE');
  await goToGate(terminal);
  const small = terminal.text();
  expect(small).toContain('DESTRUCTIVE');
  expect(small).toContain('9 sessions to terminate');
  terminal.resize(100, 30);
  const grown = await terminal.waitFor((screen) => isFramed(screen, 100, 30));
  expect(grown).toContain('pg_terminate_backend');
  expect(grown).toContain('Type shop to run it:');
});

test('a run is resolved in a terminal of 200 by 50', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args, { columns: 200, rows: 50 });
  await goToGate(terminal);
  await confirm(terminal);
  await terminal.waitFor(/1 session to terminate[\s\S]*Type shop to run it:/);
  await confirm(terminal);
  await terminal.waitFor('RESOLVED');
  expectWholeFrame(terminal, 50);
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
});

const LONG = `name: long
title: A long script
summary: It has an end.
steps:
  - id: clear
    title: Clear the cache
    effect: change
    shell: |
${Array.from({ length: 60 }, (_, index) => `      echo line ${index + 1} of it`).join('\n')}
      echo cleared > cleared
  - { id: done, finish: { outcome: resolved, summary: Cleared. } }
`;

test.each([
  [80, 24],
  [60, 15],
])(
  'a gate that does not fit %i by %i is confirmed after its end was on the screen',
  async (columns, rows) => {
    const kim = newOperator({});
    kim.writeRunbook('long', LONG);
    const terminal = kim.open(['run', 'long', '--auto'], { columns, rows });
    await terminal.waitFor('Space to the end, then y run it');
    terminal.type('y');
    await terminal.waitFor('Not accepted: scroll to the end first');
    await terminal.toTheEnd();
    expect(terminal.text()).toContain('echo cleared > cleared');
    expect(terminal.text()).toContain('Clear the cache');
    expect(kim.events('gate.answered')).toEqual([]);
    terminal.type('y');
    await terminal.waitFor('RESOLVED');
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  },
);

test('a terminal that is too small for a gate gets lines', async () => {
  const kim = newOperator({});
  kim.writeRunbook('long', LONG);
  const terminal = kim.open(['run', 'long', '--auto'], { columns: 59, rows: 15 });
  await terminal.waitFor('Run it? y');
  expect(terminal.isAlternate).toBe(false);
  terminal.type('x');
  terminal.press('enter');
  await terminal.waitFor('Why not?');
});

const TWO_CHANGES = `name: two
title: Two changes
summary: With a question before them.
steps:
  - { id: seen, title: Is it seen?, manual: Look at the terminal. }
  - { id: first, title: Clear the cache, effect: change, shell: echo cleared > cleared }
  - { id: second, title: Warm the cache, effect: change, shell: echo warm > warm }
  - { id: done, finish: { outcome: resolved, summary: Warm. } }
`;

test('a gate is put as lines while the terminal is too small for it, and on the screen when there is room', async () => {
  const kim = newOperator({});
  kim.writeRunbook('two', TWO_CHANGES);
  const terminal = kim.open(['run', 'two', '--auto'], { columns: 80, rows: 24 });
  await terminal.waitFor('y done');
  terminal.resize(50, 12);
  terminal.type('y');
  await terminal.waitFor('What did you see?');
  expect(terminal.isAlternate).toBe(true);
  terminal.press('enter');

  await terminal.waitFor(/Run it\? y/);
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.history()).toMatch(/Clear the cache[\s\S]*echo cleared > cleared/);
  terminal.type('y');
  terminal.press('enter');
  await terminal.waitFor(/echo warm > warm[\s\S]*Run it\? y/);

  terminal.resize(80, 24);
  await terminal.waitFor('y run it');
  expect(terminal.isAlternate).toBe(true);
  terminal.resize(50, 12);
  await terminal.waitFor(/echo warm > warm[\s\S]*Run it\? y/);
  expect(terminal.isAlternate).toBe(false);
  expect(kim.events('gate.answered')).toHaveLength(1);

  terminal.resize(80, 24);
  await terminal.waitFor('y run it');
  terminal.type('y');
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expect(kim.readWork('cleared')).toBe('cleared\n');
  expect(kim.readWork('warm')).toBe('warm\n');
});

test('a gate that is put as lines can be declined, and a script it runs gets the terminal', async () => {
  const kim = newOperator({});
  const asks = 'echo Which"?"; read -r answer; echo "$answer" > cleared';
  kim.writeRunbook(
    'two',
    TWO_CHANGES.replace('shell: echo cleared > cleared', `interactive: true, shell: '${asks}'`),
  );
  const terminal = kim.open(['run', 'two', '--auto'], { columns: 80, rows: 24 });
  await terminal.waitFor('y done');
  terminal.type('y');
  await terminal.waitFor('What did you see?');
  terminal.press('enter');
  await terminal.waitFor('y run it');
  terminal.resize(50, 12);
  await terminal.waitFor(/Run it\? y/);
  terminal.type('y');
  terminal.press('enter');
  await terminal.waitFor('Which?');
  // The script has the terminal: the screen comes back after it.
  terminal.resize(80, 24);
  terminal.type('by hand');
  terminal.press('enter');
  await terminal.waitFor('y run it');
  expect(terminal.isAlternate).toBe(true);
  expect(kim.readWork('cleared')).toBe('by hand\n');

  terminal.resize(50, 12);
  await terminal.waitFor(/Warm the cache[\s\S]*Run it\? y/);
  terminal.type('x');
  terminal.press('enter');
  await terminal.waitFor('Why not?');
  terminal.type('not now');
  terminal.press('enter');
  await vi.waitFor(() =>
    expect(kim.events('gate.answered')).toMatchObject([
      {},
      { answer: 'declined', reason: 'not now' },
    ]),
  );
});
