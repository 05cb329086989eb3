import type { RecordedEvent } from '#events/log/event.ts';
import { PHASES, type Phase } from '#runbook/model/terms.ts';

/** The durations of a run. */
export type PhaseTimes = {
  /** Milliseconds in the steps of each phase; a step lasts until the next one is entered. */
  readonly phases: Readonly<Record<Phase, number>>;
  /** Milliseconds until the operator's first decision; undefined if there was none. */
  readonly firstDecision: number | undefined;
  /** Milliseconds from the first event to the last. */
  readonly total: number;
};

/** Reads the times of a run from its journal. */
export function phaseTimes(records: readonly RecordedEvent[]): PhaseTimes {
  const phases: Record<Phase, number> = Object.fromEntries(PHASES.map((one) => [one, 0])) as Record<
    Phase,
    number
  >;
  const phaseOf = new Map<string, Phase>();
  const began = timeOf(records[0]);
  let phase: Phase = PHASES[0];
  let since = began;
  let firstDecision: number | undefined;
  for (const record of records) {
    const { event } = record;
    const at = timeOf(record);
    if (event.type === 'run.started')
      for (const step of event.steps) phaseOf.set(step.id, step.phase);
    if (event.type === 'step.entered') {
      phases[phase] += at - since;
      since = at;
      phase = phaseOf.get(event.step) ?? phase;
    }
    if (firstDecision === undefined && isDecision(record)) firstDecision = at - began;
  }
  const end = timeOf(records.at(-1));
  phases[phase] += end - since;
  return { phases, firstDecision, total: end - began };
}

/** Viewing is not a decision, nor is a change of how reads run. */
function isDecision({ event }: RecordedEvent): boolean {
  if (event.type === 'gate.answered') return !['refresh', 'left-out'].includes(event.answer);
  if (event.type !== 'operator.acted') return false;
  return !['continue', 'auto', 'note', 'stop', 'cancel', 'leave'].includes(event.intent.type);
}

function timeOf(record: RecordedEvent | undefined): number {
  return record === undefined ? 0 : Date.parse(record.at);
}
