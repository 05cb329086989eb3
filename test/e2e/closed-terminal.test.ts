import { describe, expect, test, vi } from 'vitest';
import { isAlive } from '../support/lab-processes.ts';
import { newOperator, type Operator } from './operator.ts';
import { sessionsLike, shopServer } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = shopServer();

const SLOW = `name: slow
title: A slow script
summary: It takes its time.
steps:
  - { id: sleep, title: Sleep, effect: change, shell: 'echo $$ > script.pid; sleep 300' }
  - { id: done, finish: { outcome: resolved, summary: Slept. } }
`;

const LOOK = `name: look
title: A look
summary: It reads.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
targets:
  db: { database: '\${{ inputs.database_url }}' }
steps:
  - { id: one, title: One, on: db, sql: SELECT 1 AS one }
  - { id: done, finish: { outcome: escalated, summary: Looked. } }
`;

async function scriptOf(kim: Operator): Promise<number> {
  return await vi.waitFor(() => {
    const found = Number(kim.readWork('script.pid'));
    expect(found).toBeGreaterThan(0);
    return found;
  }, 10_000);
}

async function expectLeftInTheMiddle(kim: Operator, script: number): Promise<void> {
  await vi.waitFor(() => expect(isAlive(script)).toBe(false), 10_000);
  await vi.waitFor(() => expect(kim.events('run.paused')).toHaveLength(1), 10_000);
  expect(kim.events('step.finished')).toMatchObject([{ step: 'sleep', status: 'unknown' }]);
  expect(kim.events('run.attended')).toMatchObject([{ attended: false }]);
  expect(kim.events('run.paused')).toMatchObject([{ reason: 'the terminal was closed' }]);
}

describe('a terminal that closes while a change runs ends the script and leaves the run', () => {
  test('where lines are printed', async () => {
    const kim = newOperator();
    kim.writeRunbook('slow', SLOW);
    const terminal = kim.open(['run', 'slow', '--plain', '--auto']);
    await terminal.waitFor('Run it?');
    terminal.type('y\r');
    const script = await scriptOf(kim);
    terminal.hangUp();
    expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
    await expectLeftInTheMiddle(kim, script);
  });

  test.each([
    ['where lines are printed', ['--plain'], 'Run it?', 'y\r'],
    ['on the screen', [], 'y run it', 'y'],
  ] as const)(
    '%s, also if signals come until the process is gone',
    async (_, flags, question, answer) => {
      const kim = newOperator();
      kim.writeRunbook('slow', SLOW);
      const terminal = kim.open(['run', 'slow', '--auto', ...flags]);
      await terminal.waitFor(question);
      terminal.type(answer);
      await scriptOf(kim);
      terminal.hangUp();
      const signals = setInterval(() => terminal.kill('SIGHUP'), 0);
      const exit = await terminal.exited;
      clearInterval(signals);
      expect(exit).toEqual({ code: 7, signal: 0 });
    },
  );

  test.each([
    ['where lines are printed', ['--plain'], 'Run it?', 'y\r'],
    ['on the screen', [], 'y run it', 'y'],
  ] as const)('%s, and no signal says so', async (_, flags, question, answer) => {
    const kim = newOperator();
    kim.writeRunbook('slow', SLOW);
    // In a session of its own it has the terminal's streams, and is not told that it hangs up.
    const terminal = kim.openRunbook(['run', 'slow', '--auto', ...flags], ['setsid', '--wait']);
    await terminal.waitFor(question);
    terminal.type(answer);
    const script = await scriptOf(kim);
    terminal.hangUp();
    await expectLeftInTheMiddle(kim, script);
  });
});

describe('the last page of a run', () => {
  async function lastPage(): Promise<readonly [Operator, OpenTerminal]> {
    const kim = newOperator(shop.env);
    kim.writeRunbook('look', LOOK);
    const terminal = kim.open(['run', 'look', '--auto']);
    await terminal.waitFor('ESCALATED');
    return [kim, terminal];
  }

  test('keeps no connection to a database', async () => {
    const [, terminal] = await lastPage();
    await vi.waitFor(
      async () => expect(await sessionsLike(shop.server.superuserUrl, 'runbook/%')).toEqual([]),
      10_000,
    );
    expect(terminal.hasExited).toBe(false);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 6, signal: 0 });
  });

  test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)('ends by %s', async (signal) => {
    const [kim, terminal] = await lastPage();
    terminal.kill(signal);
    expect(await terminal.exited).toEqual({ code: 6, signal: 0 });
    expect(terminal.isAlternate).toBe(false);
    expect(kim.journal().at(-1)?.event).toMatchObject({ type: 'run.finished' });
  });

  test('ends with its terminal', async () => {
    const [, terminal] = await lastPage();
    terminal.hangUp();
    expect(await terminal.exited).toEqual({ code: 6, signal: 0 });
  });

  test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
    'ends by %s for who followed the run',
    async (signal) => {
      const kim = newOperator(shop.env);
      kim.writeRunbook('look', LOOK);
      const run = kim.open(['run', 'look', '--step']);
      await run.waitFor('── Next ──');
      const watching = kim.open(['attach']);
      await watching.waitFor('── Next ──');
      run.type('a');
      await watching.waitFor('ESCALATED');
      watching.kill(signal);
      expect(await watching.exited).toEqual({ code: 0, signal: 0 });
      expect(watching.isAlternate).toBe(false);
    },
  );
});

test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)('the start page ends by %s', async (signal) => {
  const kim = newOperator();
  const terminal = kim.open([]);
  await terminal.waitFor('triage');
  terminal.kill(signal);
  await terminal.exited;
  expect(terminal.isAlternate).toBe(false);
});

test('the start page ends with its terminal', async () => {
  const kim = newOperator();
  const terminal = kim.open([]);
  await terminal.waitFor('triage');
  terminal.hangUp();
  await terminal.exited;
});
