import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { StepState } from '#events/view/run-view.ts';
import type { Phase } from '#runbook/model/runbook.ts';
import { eventsOf } from './events.ts';
import type { TranscriptRun } from './run.ts';

/** The outcome of one visit of a step. */
export type VisitState =
  | Extract<
      StepState,
      | 'succeeded'
      | 'failed'
      | 'skipped'
      | 'unknown'
      | 'done-by-hand'
      | 'simulated'
      | 'undone'
      | 'current'
    >
  | 'declined';

/** One visit of a step, until the next step was entered (ISO times). */
export type Visit = {
  readonly step: string;
  readonly phase: Phase;
  readonly from: string;
  readonly until: string;
  readonly state: VisitState;
};

/** Returns the visits of a run's steps, in order. */
export function visitsOf(run: TranscriptRun): readonly Visit[] {
  const { records, started } = run;
  const phases = new Map(started.steps.map(({ id, phase }) => [id, phase]));
  const entries = eventsOf(records, 'step.entered');
  const states = visitStates(run);
  const end = records.at(-1)?.at ?? '';
  let phase: Phase = 'diagnose';
  return entries.map(({ at, event }, index) => {
    phase = phases.get(event.step) ?? phase;
    const until = entries[index + 1]?.at ?? end;
    return { step: event.step, phase, from: at, until, state: states[index] ?? 'current' };
  });
}

/** An outcome belongs to the latest visit of its step; the last step of a finished run is done. */
function visitStates({ records, view }: TranscriptRun): readonly VisitState[] {
  const states: VisitState[] = [];
  const latest = new Map<string, number>();
  for (const { event } of records) {
    if (event.type === 'step.entered') latest.set(event.step, states.push('current') - 1);
    const state = stateAfter(event);
    const index = 'step' in event ? latest.get(event.step ?? '') : undefined;
    if (state !== undefined && index !== undefined) states[index] = state;
  }
  const isDone = view.outcome !== undefined && view.outcome !== 'aborted';
  return isDone && states.at(-1) === 'current' ? states.with(-1, 'succeeded') : states;
}

function stateAfter(event: RunEvent): VisitState | undefined {
  switch (event.type) {
    case 'step.settled':
      return event.error?.kind === 'declined' ? 'declined' : event.status;
    case 'step.finished':
      return event.status === 'unknown' ? 'unknown' : undefined;
    case 'step.skipped':
      return 'skipped';
    case 'step.undone':
      return 'undone';
    default:
      return undefined;
  }
}

/** A time in which the run waited for a person (ISO times). */
export type Waiting = { readonly from: string; readonly until: string };

/** Returns the times in which a run waited for its operator. */
export function waitingsOf(records: readonly RecordedEvent[]): readonly Waiting[] {
  const waitings: Waiting[] = [];
  let since: string | undefined;
  for (const { at, event } of records) {
    if (event.type === 'operator.awaited') since ??= at;
    else if (since !== undefined && endsWaiting(event)) {
      waitings.push({ from: since, until: at });
      since = undefined;
    }
  }
  const last = records.at(-1)?.at;
  return since === undefined || last === undefined
    ? waitings
    : [...waitings, { from: since, until: last }];
}

function endsWaiting({ type }: RunEvent): boolean {
  return (
    type === 'gate.answered' ||
    type === 'operator.acted' ||
    type === 'run.paused' ||
    type === 'run.finished'
  );
}
