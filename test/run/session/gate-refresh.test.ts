import { describe, expect, test, vi } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
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
  // Neither clock begins at nothing.
  let now = 5_000;
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

type Alone = {
  readonly gate: GateView;
  readonly recorded: RunEvent[];
  readonly moved: RunEvent[];
  readonly reads: { readonly text: string; readonly end: (outcome: StepOutcome) => void }[];
  readonly rings: (() => void)[];
  readonly armed: number[];
  readonly executions: Executions;
  readonly refresh: GateRefresh;
  view: RunView;
  /** Lets whatever is pending happen. */
  readonly settled: () => Promise<unknown>;
};

/** The refresh alone, of the gate of a run, with a view that a test sets. */
async function alone(text = TEXT) {
  const { run } = await atGate(text);
  const stepper = new Stepper(parsed(text, 'inline'), { inputs: {} }, {});
  stepper.rows({ a: 1 });
  const recorded: RunEvent[] = [];
  const moved: RunEvent[] = [];
  const reads: Alone['reads'] = [];
  const executions = new Executions(
    {
      ...run.parts,
      surroundings: {
        ...run.parts.surroundings,
        executorFor: async () => ({
          execute: (action) =>
            new Promise((resolve) =>
              reads.push({ text: action.kind === 'sql' ? action.text : '', end: resolve }),
            ),
          close: async () => undefined,
        }),
      },
    },
    { onLive: () => undefined, onEnd: () => undefined },
  );
  const rings: (() => void)[] = [];
  const armed: number[] = [];
  const { gate } = run.session.view();
  if (gate === undefined) throw new Error('there is no gate');
  const all: Alone = {
    ...{ gate, recorded, moved, reads, rings, armed, executions },
    view: run.session.view(),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
    refresh: new GateRefresh(
      {
        ...run.parts,
        schedule: (ms, onOver) => {
          rings.push(onOver);
          armed.push(ms);
          return () => undefined;
        },
      },
      {
        ...{
          executions,
          view: (): RunView => all.view,
          context: () => stepper.at.snapshot.context,
        },
        times: new ReadingTimes(run.parts.clock, run.parts.monotonic),
        record: (event) => recorded.push(event),
        ...{ move: (event) => moved.push(event), later: (act) => act() },
      },
    ),
  };
  return all;
}

test('rows that were read for one gate are not taken for another', async () => {
  const one = await alone();
  one.refresh.look();
  one.rings[0]?.();
  await vi.waitFor(() => expect(one.reads).toHaveLength(1));
  expect(one.reads[0]?.text).toContain('SELECT a FROM t');
  one.view = { ...one.view, gate: { ...one.gate, seq: one.gate.seq + 1 } };
  one.refresh.look();
  one.reads[0]?.end(rows(1));
  await vi.waitFor(() => expect(one.executions.areOver).toBe(true));
  await one.settled();
  expect(one.recorded).toEqual([]);
  one.rings[0]?.();
  await one.settled();
  expect(one.reads).toHaveLength(1);
});

test.each<[string, (view: RunView, gate: GateView) => Partial<RunView>]>([
  ['of a dry run', (_, gate) => ({ gate: { ...gate, simulated: true } })],
  ['for an undo', (_, gate) => ({ gate: { ...gate, part: 'undo' } })],
  ['that waits for nothing', () => ({ status: 'running' })],
  ['that was left for a question', ({ awaited }) => awaiting(awaited, { for: 'failure' })],
  ['that cannot be refreshed', ({ awaited }) => awaiting(awaited, { can: ['confirm'] })],
  ['behind a command', ({ awaited, gate }) => ({ behind: { awaited, gate } as never })],
])('the rows of a gate %s are not read', async (_, changed) => {
  const one = await alone();
  one.view = { ...one.view, ...changed(one.view, one.gate) };
  one.refresh.look();
  expect(one.armed).toEqual([]);
});

function awaiting(awaited: RunView['awaited'], more: object): Partial<RunView> {
  if (awaited === undefined) throw new Error('it waits for nothing');
  return { awaited: { ...awaited, ...more } };
}

test('a read that took long is followed by a long rest', async () => {
  const one = await alone();
  one.refresh.look();
  let now = 1_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  one.rings[0]?.();
  await one.settled();
  now += 1_500;
  one.reads[0]?.end(rows(1));
  await one.settled();
  clock.mockRestore();
  expect(one.recorded).toMatchObject([{ status: 'same', ms: 1_500 }]);
  expect(one.armed).toEqual([18_000, 30_000]);
});

test.each<[string, StepOutcome]>([
  ['another row in the place of one', rows(2)],
  [
    'what another server answers',
    { status: 'failed', error: { kind: 'other_server', message: 'another server' } },
  ],
])('%s opens the gate again', async (_, outcome) => {
  const one = await alone();
  one.refresh.look();
  one.rings[0]?.();
  await one.settled();
  one.reads[0]?.end(outcome);
  await one.settled();
  expect(one.recorded).toMatchObject([{ status: 'changed' }]);
  expect(one.moved).toMatchObject([{ type: 'gate.answered', answer: 'refresh', automatic: true }]);
});

test('what a gate shows that is no statement is read once', async () => {
  const text = TEXT.replace(
    '{ sql: SELECT a FROM t, fresh_for: 30s }',
    "{ shell: 'echo []', parse: json, fresh_for: 30s }",
  );
  const { run, armed, reads } = await atGate(text);
  expect(armed()).toEqual(['18000']);
  run.ring();
  await new Promise((resolve) => setImmediate(resolve));
  expect(reads).toEqual([]);
  expect(armed()).toEqual(['18000']);
});

test('a refresh names the item of its gate, each with ten minutes of its own', async () => {
  const text = TEXT.replace(
    '    on: db\n',
    '    on: db\n    for_each: \'["x", "y"]\'\n    as: it\n',
  );
  const { run, next, ends, pass, gates } = await atGate(text);
  await ends(await next(), rows(1));
  pass(600_000);
  run.ring();
  await vi.waitFor(() => expect(of(run.events, 'gate.refreshed')).toHaveLength(2));
  expect(of(run.events, 'gate.refreshed')).toMatchObject([
    { status: 'same', item: { index: 1, count: 2 } },
    { status: 'stopped', item: { index: 1, count: 2 } },
  ]);
  expect(gates()).toBe(1);
});
