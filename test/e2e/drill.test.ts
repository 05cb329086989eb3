import { chmodSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { isAlive, processesIn } from '../support/lab-processes.ts';
import { endExhaustion } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

/** Starts a drill whose servers keep their files in the operator's home. */
async function startDrill(...flags: readonly string[]): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator();
  // Where the tests run as root, the server runs as somebody else, who has to reach it.
  chmodSync(kim.home, 0o755);
  const terminal = kim.open(['drill', 'pool-exhausted', ...flags], { env: { TMPDIR: kim.home } });
  await terminal.waitFor('⏎ start', 60_000);
  return [kim, terminal];
}

test('a drill breaks a server of its own, opens the runbook on it, and judges the outcome', async () => {
  const [, terminal] = await startDrill();
  expect(await endExhaustion(terminal)).toEqual({ code: 0, signal: 0 });
  const history = terminal.history();
  expect(history).toContain('shop-web keeps 9 connections that it does not use');
  expect(history).toContain('✓ pool-exhausted resolved');
  expect(history).toContain('Independent check: the fault is fixed.');
  expect(history).toContain('No healthy session was lost.');
});

test('a drill that is left, or whose terminal is closed, takes its servers with it', async () => {
  const [kim, terminal] = await startDrill();
  const programs = await processesIn(kim.home);
  expect(programs.length).toBeGreaterThan(3);
  terminal.hangUp();
  await terminal.exited;
  await vi.waitFor(() => expect(programs.filter(isAlive)).toEqual([]), 20_000);
});

test('a run that is left is ended with its drill', async () => {
  const [kim, terminal] = await startDrill();
  terminal.type('q');
  await terminal.waitFor('Pause the run?');
  terminal.type('y');
  await terminal.exited;
  expect(terminal.history()).toMatch(/The drill is over: its run \S+ was ended\./);
  expect((await kim.run(['runs'])).stdout).toMatch(/aborted \(practice\)/);
});

test('a drill that keeps its servers up ends with its terminal', async () => {
  const [kim, terminal] = await startDrill('--keep');
  const programs = await processesIn(kim.home);
  terminal.hangUp();
  await terminal.exited;
  await vi.waitFor(() => expect(programs.filter(isAlive)).toEqual([]), 20_000);
});
