import { expect, test } from 'vitest';
import { LAUNCHER } from '../support/built-command.ts';
import { newOperator } from './operator.ts';

const RUNBOOK = `name: quiet
title: A quiet runbook
summary: It waits.
steps:
  - { id: look, title: Look, effect: read, shell: 'echo hi' }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

test('the terminal takes lines and shows them again when the program has ended', async () => {
  const kim = newOperator();
  kim.writeRunbook('quiet', RUNBOOK);
  const script = 'echo before; "$@"; echo "exit $?"; stty -a';
  const terminal = kim.openProgram('bash', [
    '-c',
    script,
    'bash',
    process.execPath,
    LAUNCHER,
    'run',
    'quiet',
    '--step',
  ]);
  await terminal.waitFor('── Next ──');
  expect(terminal.isAlternate).toBe(true);
  expect(terminal.isCursorVisible).toBe(false);
  terminal.type('a');
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  await terminal.exited;
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.isCursorVisible).toBe(true);
  const history = terminal.history();
  expect(history).toMatch(/^before\n✓ quiet resolved after/);
  expect(history).toContain('exit 0');
  expect(history.split(/[;\s]+/)).toEqual(
    expect.arrayContaining(['icanon', 'isig', 'echo', 'opost']),
  );
});

test('a screen on which nothing happens is not drawn again, but for its clock', async () => {
  const kim = newOperator();
  kim.writeRunbook('quiet', RUNBOOK);
  const terminal = kim.open(['run', 'quiet', '--step'], { columns: 100, rows: 30 });
  await terminal.waitFor('── Next ──');
  await terminal.waitFor('00:01');
  const drawn = terminal.received.length;
  await terminal.waitFor('00:03');
  const tick = terminal.received.slice(drawn);
  expect(tick.length).toBeLessThan(1_000);
  expect(tick).not.toContain('\u001b[2J');
  expect(tick).not.toContain('What the step');
  expect(tick).not.toContain('── Next ──');
});

test('colours are left out where they are not wanted, and nothing else is', async () => {
  const kim = newOperator({ NO_COLOR: '1' });
  kim.writeRunbook('quiet', RUNBOOK);
  const terminal = kim.open(['run', 'quiet', '--step']);
  await terminal.waitFor('── Next ──');
  const coloured = terminal
    .cells()
    .flat()
    .filter(({ color }) => color !== undefined);
  expect(coloured).toEqual([]);
  expect(terminal.text()).toContain('LIVE');
});
