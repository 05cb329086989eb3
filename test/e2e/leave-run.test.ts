import { expect, test, vi } from 'vitest';
import { isAlive } from '../support/lab-processes.ts';
import { confirm, exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { sessionsLike } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = exhaustedShop({ idleSeconds: 1 });

function ownSessions(): Promise<readonly number[]> {
  return sessionsLike(shop.lab.server.superuserUrl, 'runbook/%');
}

async function expectLeft(kim: Operator, terminal: OpenTerminal, reason: string): Promise<void> {
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
  expect(isAlive(terminal.pid)).toBe(false);
  expect(kim.events('run.paused').map((event) => event.reason)).toEqual([reason]);
  await vi.waitFor(async () => expect(await ownSessions()).toEqual([]), 10_000);
}

test('a terminal that is closed leaves the run in order, and no process', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args);
  await goToGate(terminal);
  terminal.hangUp();
  await expectLeft(kim, terminal, 'the terminal was closed');
  const again = kim.open(['resume']);
  await again.waitFor(/9 sessions to terminate[\s\S]*Type shop to run it:/);
});

test('a terminal that is closed in a running script ends the script', async () => {
  const kim = newOperator();
  kim.writeRunbook(
    'slow',
    `name: slow
title: A slow script
summary: It takes its time.
steps:
  - { id: sleep, title: Sleep, effect: change, shell: 'echo $$ > script.pid; sleep 300' }
  - { id: done, finish: { outcome: resolved, summary: Slept. } }
`,
  );
  const terminal = kim.open(['run', 'slow', '--auto']);
  await terminal.waitFor('y run it');
  terminal.type('y');
  const pid = await vi.waitFor(() => {
    const found = Number(kim.readWork('script.pid'));
    expect(found).toBeGreaterThan(0);
    return found;
  }, 10_000);
  terminal.hangUp();
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
  await vi.waitFor(() => expect([pid, terminal.pid].filter(isAlive)).toEqual([]), 10_000);
  expect(kim.events('run.paused')).toHaveLength(1);
});

test('SIGTERM leaves the run in order, and gives the terminal back', async () => {
  const kim = newOperator(shop.env);
  const terminal = kim.open(shop.args);
  await goToGate(terminal);
  terminal.kill('SIGTERM');
  await expectLeft(kim, terminal, 'runbook was asked to stop');
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.isCursorVisible).toBe(true);
  expect(terminal.history()).toContain('runbook resume');
});

test('a run that was left is gone on with, up to its end', async () => {
  const kim = newOperator(shop.env);
  const first = kim.open(shop.args);
  await first.waitFor('── Next ──');
  first.press('enter');
  await first.waitFor('▸ Who holds the connectio');
  first.type('q');
  await first.waitFor('Pause the run?');
  first.type('y');
  expect(await first.exited).toEqual({ code: 7, signal: 0 });
  expect(first.history()).toMatch(
    /‖ pool-exhausted: \S+ paused it at “Who holds the connections\?”/,
  );
  expect((await kim.run(['runs'])).stdout).toMatch(/pool-exhausted-\S+ +paused/);

  const second = kim.open(['resume'], { env: { RUNBOOK_OPERATOR: 'sam' } });
  await second.waitFor(
    /Who holds the connections\?”: Run this step\?[\s\S]*Enter takes over the run/,
  );
  second.press('enter');
  await second.waitFor(/── Next ──[\s\S]*▸ Who holds the connectio/);
  second.type('a');
  await second.waitFor(/9 sessions to terminate[\s\S]*Type shop to run it:/);
  await confirm(second);
  await second.waitFor(/1 session to terminate[\s\S]*Type shop to run it:/);
  await confirm(second);
  await second.waitFor('RESOLVED');
  second.press('enter');
  expect(await second.exited).toEqual({ code: 0, signal: 0 });
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toMatch(/sam/);
  expect(stdout).toContain('**sam confirmed**');
});
