import { expect, test, vi } from 'vitest';
import { LAUNCHER } from '../support/built-command.ts';
import { newOperator } from './operator.ts';

const RUNBOOK = `name: pause
title: A short pause
summary: Something to be suspended.
steps:
  - { id: look, title: Look around, effect: read, shell: echo all is well }
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

test('Ctrl-Z gives the terminal back to the shell, and fg the screen', async () => {
  const kim = newOperator();
  kim.writeRunbook('pause', RUNBOOK);
  const shell = kim.openProgram('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: '% ' } });
  await shell.waitFor('%');
  shell.type(`${process.execPath} ${LAUNCHER} run pause`);
  shell.press('enter');
  await shell.waitFor('⏎ start');
  expect(shell.isAlternate).toBe(true);
  shell.press('ctrl-z');
  await shell.waitFor('Stopped');
  expect(shell.isAlternate).toBe(false);
  expect(shell.isCursorVisible).toBe(true);
  shell.type('echo shell has $((6 * 7)) keys');
  shell.press('enter');
  await shell.waitFor('shell has 42 keys');
  shell.type('fg');
  shell.press('enter');
  await shell.waitFor('⏎ start');
  expect(shell.isAlternate).toBe(true);
  shell.press('enter');
  await shell.waitFor('RESOLVED');
  shell.type('q');
  await shell.waitFor('✓ pause resolved');
  expect(kim.events('run.paused')).toEqual([]);
});

const SLOW = `name: slow
title: A slow look
summary: It waits for a file.
steps:
  - id: look
    title: Look around
    effect: change
    shell: 'until [ -e go ]; do sleep 0.05; done; echo over > over; echo all is well'
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

test('a script that runs goes on while the screen is suspended, and fg shows what came of it', async () => {
  const kim = newOperator();
  kim.writeRunbook('slow', SLOW);
  const shell = kim.openProgram('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: '% ' } });
  await shell.waitFor('%');
  shell.type(`${process.execPath} ${LAUNCHER} run slow`);
  shell.press('enter');
  await shell.waitFor('⏎ start');
  shell.press('enter');
  await shell.waitFor('y run it');
  shell.type('y');
  await shell.waitFor('── running ──');
  shell.press('ctrl-z');
  await shell.waitFor('Stopped');
  expect(shell.isAlternate).toBe(false);
  shell.type('touch go');
  shell.press('enter');
  await vi.waitFor(() => expect(kim.readWork('over')).toBe('over\n'), 10_000);
  shell.type('fg');
  shell.press('enter');
  await shell.waitFor('RESOLVED');
  expect(shell.isAlternate).toBe(true);
  expect(kim.events('step.finished')).toMatchObject([{ status: 'succeeded' }]);
});
