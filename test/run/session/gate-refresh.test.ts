import { describe, expect, test, vi } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import { Executions } from '#run/session/executions.ts';
import { GateRefresh } from '#run/session/gate-refresh.ts';
import { ReadingTimes } from '#run/session/reading-times.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { parsed, Stepper } from '../../fixtures/compiled.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

const TEXT = `
name: inline
title: Sessions
summary: Ends sessions.
targets: { db: { database: postgres://ada@h:1/shop } }
steps:
  - id: end
    on: db
    effect: change
    preview: { sql: SELECT a FROM t, fresh_for: 30s }
    sql: DELETE FROM t WHERE (a) IN (\${{ preview.rows }})
    next: [{ goto: ask }]
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

function rows(...values: readonly number[]): StepOutcome {
  const all = values.map((a) => ({ a }));
  const [row = null] = all;
  return {
    status: 'succeeded',
    result: { rows: all, row, row_count: all.length, columns: ['a'] },
  };
}

const CANCELLED: StepOutcome = {
  status: 'failed',
  error: { kind: 'cancelled', message: 'cancelled' },
};
const FAILED: StepOutcome = { status: 'failed', error: { kind: 'timeout', message: 'too slow' } };

/** A run at its gate, whose rows were read; later reads end when a test says so. */
async function atGate(text = TEXT) {
  const reads: ((outcome: StepOutcome) => void)[] = [];
  let now = 0;
  let isOpen = false;
  const run = recordedSession(text, {
    ends: (_, part) => {
      if (part !== 'preview') return rows(1);
      if (!isOpen) return rows(1);
      const { promise, resolve } = Promise.withResolvers<StepOutcome>();
      reads.push(resolve);
      return promise;
    },
    parts: { monotonic: () => now, clock: () => new Date(now) },
  });
  run.begin();
  await asks(run, 'gate');
  isOpen = true;
  const gates = () => of(run.events, 'gate.opened').length;
  /** Lets time pass until the next read begins; returns the read. */
  const next = async (ms = 18_000) => {
    now += ms;
    const before = reads.length;
    run.ring();
    await vi.waitFor(() => expect(reads).toHaveLength(before + 1));
    return reads.at(-1) ?? (() => undefined);
  };
  const refreshed = () => of(run.events, 'gate.refreshed').map(({ status }) => status);
  const ends = async (read: (outcome: StepOutcome) => void, outcome: StepOutcome) => {
    const before = refreshed().length;
    read(outcome);
    await vi.waitFor(() => expect(refreshed()).toHaveLength(before + 1));
  };
  const armed = () => run.deeds.filter((deed) => deed.startsWith('arm ')).map((it) => it.slice(4));
  return {
    ...{ run, reads, next, ends, refreshed, armed, gates },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

function of<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

describe('the rows of an open gate', () => {
  test('are read again before they expire, one read at a time, and the same rows stay confirmable', async () => {
    const { run, next, ends, refreshed, armed, gates } = await atGate();
    expect(armed()).toEqual(['18000']);
    const read = await next();
    expect(armed()).toEqual(['18000']);
    await ends(read, rows(1));
    await ends(await next(), rows(1));
    expect(refreshed()).toEqual(['same', 'same']);
    expect(armed()).toEqual(['18000', '18000', '18000']);
    expect(gates()).toBe(1);
    expect(of(run.events, 'gate.refreshed')[0]).toMatchObject({ step: 'end' });
    confirmGate(run);
    await asks(run, 'report');
    expect(of(run.events, 'gate.answered')).toMatchObject([
      { answer: 'confirmed', previewAgeMs: 0 },
    ]);
  });

  test('that differ open the gate again, which answers to nobody before', async () => {
    const { run, next, ends, refreshed, gates, reads } = await atGate();
    const { gate, operator, awaited } = run.session.view();
    await ends(await next(), rows(1, 2));
    expect(refreshed()).toEqual(['changed']);
    expect(of(run.events, 'gate.answered')).toMatchObject([
      { step: 'end', answer: 'refresh', operator: 'ada', digest: gate?.digest, automatic: true },
    ]);
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    reads[1]?.(rows(1, 2));
    await vi.waitFor(() => expect(gates()).toBe(2));
    const intent: Intent = { type: 'confirm', digest: gate?.digest ?? '' };
    const verdict = await run.session.submit({ intent, by: operator, answers: awaited?.seq });
    expect(verdict).toMatchObject({ accepted: false, code: 'stale' });
  });

  test('that are gone leave it open, and it says so', async () => {
    const { next, ends, refreshed, gates } = await atGate();
    await ends(await next(), rows());
    expect(refreshed()).toEqual(['gone']);
    expect(gates()).toBe(1);
  });

  test('that cannot be read are asked for less often, until they can be', async () => {
    const { run, next, ends, refreshed, armed } = await atGate();
    await ends(await next(), FAILED);
    await ends(await next(), FAILED);
    await ends(await next(), FAILED);
    await ends(await next(), rows(1));
    expect(refreshed()).toEqual(['failed', 'failed', 'failed', 'same']);
    expect(of(run.events, 'gate.refreshed')[0]).toMatchObject({ error: 'too slow' });
    expect(armed()).toEqual(['18000', '36000', '60000', '60000', '18000']);
  });

  test('are asked for no more once the gate was open for ten minutes', async () => {
    const { run, next, ends, refreshed, pass, reads, armed } = await atGate();
    await ends(await next(), rows(1));
    pass(599_999 - 18_000);
    await ends(await next(0), rows(1));
    pass(1);
    run.ring();
    await vi.waitFor(() => expect(refreshed()).toEqual(['same', 'same', 'stopped']));
    expect(reads).toHaveLength(2);
    expect(armed()).toHaveLength(3);
  });

  test('the ten minutes count from the first gate of the step, however often its rows changed', async () => {
    const { run, next, ends, refreshed, pass, reads, gates } = await atGate();
    pass(590_000);
    await ends(await next(0), rows(1, 2));
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    reads[1]?.(rows(1, 2));
    await vi.waitFor(() => expect(gates()).toBe(2));
    pass(10_000);
    run.ring();
    await vi.waitFor(() => expect(refreshed()).toEqual(['changed', 'stopped']));
  });

  test('are not read for a gate that is answered, nor for one that has none', async () => {
    const { run, armed, reads } = await atGate();
    send(run.session, { type: 'decline', reason: 'no' });
    await asks(run, 'failure');
    expect(run.deeds).toContain('disarm 18000');
    run.ring();
    expect(reads).toEqual([]);
    expect(armed()).toHaveLength(1);
    const without = await atGate(TEXT.replace(/ {4}preview.*\n.*\n/, '    sql: DELETE FROM t\n'));
    expect(without.armed()).toEqual([]);
  });

  test('are read again no sooner than after a second', async () => {
    const { armed } = await atGate(TEXT.replace('30s', '1s'));
    expect(armed()).toEqual(['1000']);
  });
});

describe('an answer that comes while the rows are read', () => {
  test('starts its action once the read has ended, whose result counts for nothing then', async () => {
    const { run, next, refreshed } = await atGate();
    const read = await next();
    confirmGate(run);
    await vi.waitFor(() => expect(of(run.events, 'step.started').at(-1)?.part).toBe('recheck'));
    expect(run.deeds).not.toContain('execute end recheck');
    read(rows(1, 2, 3));
    await asks(run, 'report');
    expect(run.deeds.filter((deed) => deed === 'execute end action')).toHaveLength(1);
    expect(refreshed()).toEqual([]);
    expect(of(run.events, 'step.finished').some(({ unexpected }) => unexpected)).toBe(false);
    expect(run.reported).toEqual([]);
  });

  test('that reads them again does so after that read, and the next gate has the later rows', async () => {
    const { run, next, reads, refreshed } = await atGate();
    const read = await next();
    send(run.session, { type: 'refresh' });
    expect(reads).toHaveLength(1);
    read(rows(1, 2, 3));
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    expect(refreshed()).toEqual([]);
    reads[1]?.(rows(7));
    await asks(run, 'gate');
    expect(run.session.view().gate?.preview?.rows).toEqual([{ a: 7 }]);
  });

  test('that leaves the run cancels the read and waits for its end', async () => {
    const { run, next, refreshed } = await atGate();
    const read = await next();
    send(run.session, { type: 'leave' });
    expect(run.session.end).toBeUndefined();
    read(CANCELLED);
    await run.session.ended;
    expect(run.session.view().status).toBe('paused');
    expect(refreshed()).toEqual(['failed']);
  });
});

test('a run that nobody can answer reads nothing again: it is left at its gate', async () => {
  const { run, armed, reads } = await atGate();
  send(run.session, { type: 'attend', on: false });
  await run.session.ended;
  run.ring();
  expect(reads).toEqual([]);
  expect(armed()).toHaveLength(1);
});

test('rows that were read for one gate are not taken for another', async () => {
  const { run } = await atGate();
  const stepper = new Stepper(parsed(TEXT, 'inline'), { inputs: {} }, {});
  stepper.rows({ a: 1 });
  const recorded: RunEvent[] = [];
  const reads: ((outcome: StepOutcome) => void)[] = [];
  const executions = new Executions(
    {
      ...run.parts,
      surroundings: {
        ...run.parts.surroundings,
        executorFor: async () => ({
          execute: () => new Promise((resolve) => reads.push(resolve)),
          close: async () => undefined,
        }),
      },
    },
    { onLive: () => undefined, onEnd: () => undefined },
  );
  const rings: (() => void)[] = [];
  let view: RunView = run.session.view();
  const refresh = new GateRefresh(
    {
      ...run.parts,
      schedule: (_, onOver) => {
        rings.push(onOver);
        return () => undefined;
      },
    },
    {
      ...{ executions, view: () => view, context: () => stepper.at.snapshot.context },
      times: new ReadingTimes(run.parts.clock, run.parts.monotonic),
      record: (event) => recorded.push(event),
      ...{ move: (event) => recorded.push(event), later: (act) => act() },
    },
  );
  refresh.look();
  rings[0]?.();
  await vi.waitFor(() => expect(reads).toHaveLength(1));
  const { gate } = view;
  if (gate === undefined) throw new Error('there is no gate');
  view = { ...view, gate: { ...gate, seq: gate.seq + 1 } };
  refresh.look();
  reads[0]?.(rows(1));
  await vi.waitFor(() => expect(executions.areOver).toBe(true));
  await Promise.resolve();
  expect(recorded).toEqual([]);
  rings[0]?.();
  expect(reads).toHaveLength(1);
});
