import { expect, test, vi } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { SessionParts } from '#run/session/parts.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

const READ = `
name: inline
title: A long read
summary: Reads for as long as it may, and asks.
inputs: { word: { default: x } }
targets: { db: { database: postgres://ada@h:1/shop } }
steps:
  - { id: look, effect: read, shell: 'true' }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const LAST = `
name: inline
title: A last read
summary: Reads, and is done.
steps:
  - { id: look, effect: read, shell: 'true' }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const CANCELLED: StepOutcome = {
  status: 'failed',
  error: { kind: 'cancelled', message: 'it was cancelled' },
};

/** A session whose actions run until they are cancelled, or until the test ends them. */
function longRun(parts: Partial<SessionParts> = {}, onAppend?: (event: RunEvent) => void) {
  const signals: AbortSignal[] = [];
  const terminals: unknown[] = [];
  const ends: ((outcome: StepOutcome) => void)[] = [];
  const run = recordedSession(READ, {
    ...(onAppend === undefined ? {} : { onAppend }),
    parts: {
      surroundings: {
        outputs: {
          begin: () => {
            throw new Error('nothing is printed');
          },
        },
        sourceOf: () => ({ source: { file: '', text: '' }, isInside: false }),
        executorFor: async () => ({
          execute: (_, { signal, takeTerminal }) => {
            signals.push(signal);
            terminals.push(takeTerminal);
            return new Promise((resolve) => {
              ends.push(resolve);
              signal.addEventListener('abort', () => resolve(CANCELLED));
            });
          },
          close: async () => undefined,
        }),
      },
      ...parts,
    },
  });
  const running = () => vi.waitFor(() => expect(signals).toHaveLength(1));
  const end = () => ends[0]?.({ status: 'succeeded', result: { stdout: '', exit_code: 0 } });
  return { ...run, session: run.session, signals, terminals, running, end };
}

const CLOSED = {
  type: 'run.paused',
  reason: 'the terminal was closed',
  why: { kind: 'terminal-closed' },
};

const types = (events: readonly RunEvent[]) => events.map(({ type }) => type);

test('a run that is left while it waits pauses at once, and its record says why', async () => {
  const run = recordedSession(READ);
  run.begin();
  await asks(run, 'report');
  run.session.leave({ kind: 'terminal-closed' });
  await run.session.ended;
  // That nobody can answer any more is not recorded: it was not said.
  expect(types(run.events).slice(-2)).toEqual(['operator.awaited', 'run.paused']);
  expect(run.events.at(-1)).toEqual(CLOSED);
  expect(run.session.end).toEqual({ status: 'paused', unanswered: false });
});

test('a run that is left while it acts cancels that, and pauses once it has ended', async () => {
  const run = longRun();
  run.begin();
  await run.running();
  run.session.leave({ kind: 'terminal-closed' });
  expect(run.signals[0]?.aborted).toBe(true);
  await run.session.ended;
  expect(types(run.events)).toContain('step.finished');
  expect(run.events.at(-1)).toMatchObject(CLOSED);
});

test('an intent to leave stops a run at a safe point: what runs is not cancelled', async () => {
  const run = longRun();
  run.begin();
  await run.running();
  send(run.session, { type: 'leave' });
  expect(run.signals[0]?.aborted).toBe(false);
  expect(run.events.at(-1)).toMatchObject({ type: 'operator.acted', intent: { type: 'stop' } });
  run.end();
  await run.session.ended;
  expect(run.session.end).toEqual({ status: 'paused', unanswered: false });
  expect(run.events.at(-1)).toMatchObject({ reason: 'the operator left' });
});

test('an interrupt stops what runs at a safe point, and the second one cancels it', async () => {
  const run = longRun();
  run.begin();
  await run.running();
  run.session.interrupt();
  expect(run.events.at(-1)).toMatchObject({ type: 'operator.acted', intent: { type: 'stop' } });
  expect(run.signals[0]?.aborted).toBe(false);
  run.session.interrupt();
  expect(run.signals[0]?.aborted).toBe(true);
  await asks(run, 'failure');
  run.session.interrupt();
  await run.session.ended;
  expect(run.session.end).toMatchObject({ status: 'paused' });
  expect(run.events.at(-1)).toMatchObject({ reason: 'interrupted', why: { kind: 'interrupted' } });
});

test('a run that cannot be recorded cancels what runs, and tells what was recorded before', async () => {
  const run = longRun({}, ({ type }) => {
    if (type === 'operator.noted') throw new Error('no space left');
  });
  run.begin();
  await run.running();
  const told = run.session.view();
  const submitted = run.session.submit({ intent: { type: 'note', text: 'x' }, by: 'ada' });
  await expect(run.session.ended).rejects.toThrow('no space left');
  expect(await submitted).toMatchObject({ accepted: false, code: 'ended' });
  expect(run.signals[0]?.aborted).toBe(true);
  expect(run.session.view()).toBe(told);
  expect(run.session.end).toEqual({ status: 'paused', unanswered: false });
});

test('a run that is left while its last action succeeds has finished, and pauses no more', async () => {
  const outcome = Promise.withResolvers<StepOutcome>();
  const run = recordedSession(LAST, { ends: () => outcome.promise });
  run.begin();
  await vi.waitFor(() => expect(run.deeds).toContain('execute look action'));
  run.session.leave({ kind: 'terminal-closed' });
  outcome.resolve({ status: 'succeeded', result: { stdout: '', exit_code: 0 } });
  await run.session.ended;
  expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  expect(run.events.at(-1)?.type).toBe('run.finished');
});

test.each([
  ['that is left', true],
  ['that nobody can answer', false],
])('the end of a run %s is on the disk before it is told', async (_, attended) => {
  const run = recordedSession(READ, { parts: { attended } });
  run.begin();
  if (attended) {
    await asks(run, 'report');
    run.session.leave({ kind: 'terminal-closed' });
  }
  await run.session.ended;
  expect(run.deeds.slice(-2)).toEqual(['write run.paused', 'durable']);
});

const RESUMED: EventOf<'run.resumed'> = {
  ...{ type: 'run.resumed', operator: 'eve', host: 'h', pid: 1, program: 'p' },
};

test('a resume is recorded before what follows from it, in any state', async () => {
  const run = recordedSession(READ);
  run.session.resume(run.snapshot, RESUMED, undefined);
  await asks(run, 'report');
  expect(run.events[0]).toEqual(RESUMED);
  run.session.move(RESUMED);
  expect(run.events.at(-1)).toEqual(RESUMED);
  expect(run.session.view().awaited?.for).toBe('report');
  expect(run.session.end).toBeUndefined();
  send(run.session, { type: 'report', done: true, evidence: '' });
  await run.session.ended;
});

test('a run whose end was decided and not recorded ends when it is resumed', async () => {
  const run = recordedSession(READ);
  const finished = { type: 'run.finished', outcome: 'resolved', summary: 'Done' } as const;
  run.session.resume(run.snapshot, RESUMED, finished);
  await run.session.ended;
  expect(run.events[0]).toEqual(RESUMED);
  expect(run.events).toContainEqual(finished);
  expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
});

test('where nobody can answer, a run pauses at its first question, and not before', async () => {
  const run = longRun({ attended: false });
  run.begin();
  await run.running();
  expect(run.session.end).toBeUndefined();
  run.end();
  await run.session.ended;
  expect(types(run.events)).toContain('operator.awaited');
  expect(run.session.end).toMatchObject({ status: 'paused', unanswered: true });
});

test('where the terminal is closed, the record says that nobody can answer, then why it paused', async () => {
  const run = longRun();
  run.begin();
  await run.running();
  run.session.leave({ kind: 'terminal-closed' }, { gone: true });
  run.session.leave({ kind: 'terminal-closed' }, { gone: true });
  await run.session.ended;
  const about = run.events.filter(({ type }) => type === 'run.attended' || type === 'run.paused');
  expect(about).toEqual([
    { type: 'run.attended', attended: false, operator: expect.any(String) },
    CLOSED,
  ]);
});

test('a connection is taken note of in any state, and makes its target known', async () => {
  const run = recordedSession(READ);
  run.begin();
  await asks(run, 'report');
  expect(['db', 'other'].map((name) => run.session.isKnown(name))).toEqual([false, false]);
  const facts = { host: 'h', port: 1, server: 's' };
  const connected = { target: 'db', description: 'x', reserved: false, facts } as const;
  run.session.move({ type: 'target.connected', ...connected });
  expect(run.events.at(-1)).toMatchObject({ type: 'target.connected', target: 'db' });
  expect(['db', 'other'].map((name) => run.session.isKnown(name))).toEqual([true, false]);
  expect(run.session.view().awaited?.for).toBe('report');
});

test('what the run does not wait for moves nothing and is not recorded', async () => {
  const run = recordedSession(READ);
  run.begin();
  await asks(run, 'report');
  const { length } = run.events;
  run.session.move({ type: 'timer.fired', step: 'look' });
  run.session.move({ type: 'operator.noted', operator: 'ada', text: 'x' });
  expect(run.events).toHaveLength(length);
  expect(run.reported).toEqual([]);
  expect(run.session.end).toBeUndefined();
});

test('edited inputs are given to the run once they are recorded, with their step', async () => {
  const edited: unknown[] = [];
  const run = recordedSession(READ, {
    inputs: { word: 'x' },
    ends: () => CANCELLED,
    parts: { onEdited: (...given) => void edited.push([...given, run.events.at(-1)?.type]) },
  });
  run.begin();
  await asks(run, 'failure');
  expect(run.session.view().awaited?.can).toContain('edit');
  send(run.session, { type: 'edit', inputs: { word: 'y' } });
  expect(edited).toEqual([[{ word: 'y' }, 'look', 'operator.acted']]);
  send(run.session, { type: 'stop' });
  await asks(run, 'failure');
  send(run.session, { type: 'skip', reason: '' });
  await asks(run, 'report');
  expect(edited).toHaveLength(1);
});

test('an action gets the terminal that was lent, and outputs are read from where they are kept', async () => {
  const run = longRun({ readOutput: async (file) => `what ${file} holds` });
  const lend = async () => ({ release: () => undefined });
  run.session.lendTerminal(lend);
  run.begin();
  await run.running();
  expect(run.terminals).toEqual([lend]);
  expect(await run.session.readOutput('outputs/x')).toBe('what outputs/x holds');
  run.session.leave({ kind: 'interrupted' });
  await run.session.ended;
});

const CHILD = `
name: inner
title: Inner
summary: Runs inside.
steps: [{ id: end, finish: { outcome: resolved, summary: Done } }]
`;
const PARENT = `
name: inline
title: Outer
summary: Runs another one.
steps:
  - { id: call, runbook: inner }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('a runbook that starts as a step is told before it is recorded, and nothing else is', async () => {
  const called: string[] = [];
  const run = recordedSession(PARENT, {
    others: { inner: CHILD },
    parts: { onCalled: ({ step }) => void called.push(`${step} after ${run.events.length}`) },
  });
  run.begin();
  await run.session.ended;
  const at = types(run.events).indexOf('child.started');
  expect(called).toEqual([`call after ${at}`]);
});

const PREVIEWED = `
name: inline
title: A preview
summary: Confirms rows that are a while old.
targets: { db: { database: postgres://ada@h:1/shop } }
steps:
  - id: end
    on: db
    effect: change
    preview: { sql: SELECT a FROM t, fresh_for: 1h }
    sql: DELETE FROM t WHERE (a) IN (\${{ preview.rows }})
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('a confirmation records the age of its rows, from when they were read', async () => {
  let now = 1000;
  const rows = { rows: [{ a: 1 }], row: { a: 1 }, row_count: 1, columns: ['a'] };
  const run = recordedSession(PREVIEWED, {
    ends: () => ({ status: 'succeeded', result: rows }),
    parts: { monotonic: () => now },
  });
  run.begin();
  await asks(run, 'gate');
  now += 7_200_000;
  confirmGate(run);
  const answer = run.events.find(({ type }) => type === 'gate.answered');
  expect(answer).toMatchObject({ previewAgeMs: 7_200_000 });
});
