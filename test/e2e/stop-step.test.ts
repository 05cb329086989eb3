import { expect, test, vi } from 'vitest';
import { isAlive } from '../support/lab-processes.ts';
import { newOperator, type Operator } from './operator.ts';
import { query, shopServer } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();

const RUNNING = `
  SELECT pid FROM pg_stat_activity
   WHERE application_name LIKE 'runbook/%' AND state = 'active' AND query LIKE '%pg_sleep%'`;

/** Starts the runbook and lets its first read run. */
async function startRead(readSeconds: number): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ readSeconds }));
  const terminal = kim.open(['run', 'victims', '--step']);
  await terminal.waitFor('▸ Count the victims');
  terminal.press('enter');
  await vi.waitFor(async () => {
    expect(await query(shop.server.superuserUrl, RUNNING)).toHaveLength(1);
  }, 10_000);
  await terminal.waitFor('▶ Count the victims');
  return [kim, terminal];
}

test('the first Ctrl-C stops at the next safe point, with the result of the step that ran', async () => {
  const [kim, terminal] = await startRead(2);
  terminal.press('ctrl-c');
  await terminal.waitFor('end it now');
  const menu = await terminal.waitFor('Stopped. What next?');
  expect(menu).toContain('✓ Count the victims');
  expect(kim.events('step.finished')).toMatchObject([{ step: 'count', status: 'succeeded' }]);
  expect(kim.events('step.entered')).toHaveLength(1);
  terminal.press('enter');
  await terminal.waitFor('▸ End the victims');
});

test('the second Ctrl-C cancels the statement on the server, and the menu opens', async () => {
  const [kim, terminal] = await startRead(120);
  terminal.press('ctrl-c');
  await terminal.waitFor('end it now');
  terminal.press('ctrl-c');
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('cancelled');
  expect(await query(shop.server.superuserUrl, RUNNING)).toEqual([]);
  expect(kim.events('step.finished')).toMatchObject([
    { status: 'failed', error: { kind: 'cancelled' } },
  ]);
  terminal.type('q');
  await terminal.waitFor('Pause the run?');
  terminal.type('y');
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
});

test('a script is ended with everything it has started', async () => {
  const kim = newOperator();
  const script = 'echo $$ > script.pid; sleep 300 & echo $! > child.pid; wait';
  kim.writeRunbook(
    'slow',
    `name: slow
title: A slow script
summary: It takes its time.
steps:
  - { id: sleep, title: Sleep, effect: change, shell: '${script}' }
  - { id: done, finish: { outcome: resolved, summary: Slept. } }
`,
  );
  const terminal = kim.open(['run', 'slow', '--auto']);
  await terminal.waitFor('y run it');
  terminal.type('y');
  const pids = await vi.waitFor(() => {
    const found = [kim.readWork('script.pid'), kim.readWork('child.pid')].map(Number);
    expect(found.every((pid) => pid > 0)).toBe(true);
    return found;
  }, 10_000);
  terminal.press('ctrl-c');
  await terminal.waitFor('end it now');
  terminal.press('ctrl-c');
  await terminal.waitFor('What next?');
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5_000);
});
