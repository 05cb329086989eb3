import { expect, test } from 'vitest';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { StatsCollector } from '#report/stats.ts';
import { type EventLog, emptyLog } from '../fixtures/event-log.ts';
import { enter } from '../fixtures/log-parts.ts';
import { atGate, resolved } from '../fixtures/pool-exhausted-log.ts';
import { RUN_STARTED, STEPS } from '../fixtures/pool-exhausted-steps.ts';

const STEP = 'terminate_idle';

function figures(...logs: readonly (EventLog | { readonly events: readonly RecordedEvent[] })[]) {
  const collector = new StatsCollector();
  for (const { events } of logs) collector.add(events);
  return collector.figures();
}

/** Ends a run of so many seconds, with a decision after the first. */
function run(outcome: 'resolved' | 'escalated', seconds: number): EventLog {
  const skipped = { type: 'skip', reason: 'known' } as const;
  return emptyLog().add(
    RUN_STARTED,
    { type: 'step.entered', step: 'capacity', visit: 1 },
    1_000,
    { type: 'operator.acted', step: 'capacity', operator: 'ana', intent: skipped },
    { type: 'step.skipped', step: 'capacity', by: 'operator', reason: 'known' },
    (seconds - 1) * 1_000,
    { type: 'run.finished', outcome, summary: '' },
  );
}

test('runs, outcomes and medians are counted by runbook', () => {
  const paused = emptyLog().add(RUN_STARTED, enter('capacity'));
  expect(figures(run('resolved', 10), run('resolved', 30), run('escalated', 500), paused)).toEqual([
    {
      runbook: 'pool-exhausted',
      runs: 4,
      asStep: 0,
      outcomes: { resolved: 2, escalated: 1, unfinished: 1 },
      firstDecisionMs: 1_000,
      resolutionMs: 20_000,
      steps: [
        { step: 'capacity', title: 'How full is the server?', declined: 0, skipped: 3, failed: 0 },
      ],
    },
  ]);
});

test('a run that only looked has no time to a decision or to a resolution', () => {
  expect(figures(emptyLog().add(RUN_STARTED))[0]).toMatchObject({
    outcomes: { unfinished: 1 },
    firstDecisionMs: undefined,
    resolutionMs: undefined,
  });
});

test('what was declined is not counted as failed', () => {
  const declined = atGate.add(
    { type: 'gate.answered', step: STEP, answer: 'declined', operator: 'ana', digest: 'x' },
    failed(STEP, 'declined'),
  );
  expect(figures(declined)[0]?.steps).toMatchObject([{ step: STEP, declined: 1, failed: 0 }]);
});

test('a read that failed counts unless the runbook decided about it', () => {
  const undecided = emptyLog().add(RUN_STARTED, failed('capacity', 'reset'));
  expect(figures(undecided)[0]?.steps).toMatchObject([{ step: 'capacity', failed: 1 }]);
  expect(figures(undecided.add(decided('capacity', 'condition')))[0]?.steps).toEqual([]);
  expect(figures(undecided.add(decided('capacity', 'operator')))[0]?.steps).toHaveLength(1);
});

test('a read that failed counts if the operator skipped it or ran it again', () => {
  const acted = (intent: Intent): EventLog =>
    emptyLog()
      .add(RUN_STARTED, failed('capacity', 'exit'))
      .add({ type: 'operator.acted', step: 'capacity', operator: 'ana', intent });
  const skipped = acted({ type: 'skip', reason: 'known' }).add(
    { type: 'step.skipped', step: 'capacity', by: 'operator', reason: 'known' },
    decided('capacity', 'order'),
  );
  expect(figures(skipped)[0]?.steps).toMatchObject([{ step: 'capacity', skipped: 1, failed: 1 }]);
  const again = acted({ type: 'retry' }).add(
    { type: 'step.settled', step: 'capacity', status: 'succeeded' },
    decided('capacity', 'condition'),
  );
  expect(figures(again)[0]?.steps).toMatchObject([{ step: 'capacity', failed: 1 }]);
  const left = acted({ type: 'continue' }).add(decided('capacity', 'condition'));
  expect(figures(left)[0]?.steps).toEqual([]);
});

test('a change that failed counts even if the runbook decided about it', () => {
  const log = emptyLog().add(RUN_STARTED, failed(STEP, 'reset'), decided(STEP, 'condition'));
  expect(figures(log)[0]?.steps).toMatchObject([{ step: STEP, failed: 1 }]);
});

test('steps of a runbook that ran as a step belong to that runbook', () => {
  const start: RunEvent = {
    ...RUN_STARTED,
    runbook: { ...RUN_STARTED.runbook, name: 'triage' },
    steps: [
      { id: 'open', title: 'Open it', phase: 'fix', kind: 'runbook', effect: 'change' },
      ...STEPS.map((step) => ({ ...step, id: `open/${step.id}`, parent: 'open' })),
    ],
  };
  const child = { name: 'pool-exhausted', title: 'Connection pool exhausted' };
  const log = emptyLog().add(
    start,
    { type: 'child.started', step: 'open', runbook: child, inputs: [], targets: [] },
    { type: 'step.skipped', step: 'open/holders', by: 'operator', reason: 'known' },
    { type: 'child.finished', step: 'open', outcome: 'resolved', summary: '', findings: [] },
    { type: 'run.finished', outcome: 'escalated', summary: '' },
  );
  expect(figures(log, resolved)).toMatchObject([
    {
      runbook: 'pool-exhausted',
      runs: 1,
      asStep: 1,
      outcomes: { resolved: 2 },
      steps: [{ step: 'holders', skipped: 1 }],
    },
    { runbook: 'triage', runs: 1, asStep: 0, outcomes: { escalated: 1 }, steps: [] },
  ]);
});

test('dry runs, ad-hoc commands and journals without a start are not counted', () => {
  expect(figures(emptyLog().add({ ...RUN_STARTED, mode: 'dry-run' }), emptyLog())).toEqual([]);
  expect(figures(emptyLog().add(RUN_STARTED, failed('!1', 'exit')))[0]?.steps).toEqual([]);
});

function failed(step: string, kind: 'declined' | 'reset' | 'exit'): RunEvent {
  return { type: 'step.settled', step, status: 'failed', error: { kind, message: '' } };
}

function decided(step: string, by: 'condition' | 'operator' | 'order'): RunEvent {
  return { type: 'branch.taken', step, clause: 0, by, goto: 'done', values: [], notTaken: [] };
}
