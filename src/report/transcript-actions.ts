import type { EventOf, RecordedEvent, RunEvent, StepPart } from '../events/event.ts';
import type { At } from './transcript-events.ts';

/** A gate as it was put before the operator, and every answer it got. */
export type GateRecord = {
  readonly opened: At<'gate.opened'>;
  readonly answers: readonly At<'gate.answered'>[];
};

/** An action that changes something: what was asked, answered, run and checked. */
export type ActionTaken = {
  /** From 1, in the order they came up. */
  readonly number: number;
  readonly step: string;
  readonly gates: readonly GateRecord[];
  readonly started?: At<'step.started'>;
  readonly finished?: At<'step.finished'>;
  /** The checks of the verification that followed. */
  readonly checks: readonly At<'step.finished'>[];
  readonly settled?: At<'step.settled'>;
};

/**
 * Returns the actions that changed something or were asked for, each with all that belongs to it.
 * Running a step again is an action of its own, with its own gate.
 */
export function actionsTaken(records: readonly RecordedEvent[]): readonly ActionTaken[] {
  const actions: ActionTaken[] = [];
  let isOpen = false;
  for (const record of records) {
    const { event } = record;
    if (event.type === 'step.entered') isOpen = false;
    const last = isOpen ? actions.at(-1) : undefined;
    if (asksOrRuns(event) && (last === undefined || last.started !== undefined)) {
      const fresh = { number: actions.length + 1, step: event.step, gates: [], checks: [] };
      actions.push(withEvent(fresh, record));
      isOpen = true;
    } else if (last !== undefined && 'step' in event && event.step === last.step) {
      actions.splice(-1, 1, withEvent(last, record));
    }
  }
  return actions;
}

/** A gate or a start after an action has run belongs to the next one. */
function asksOrRuns(event: RunEvent): event is EventOf<'gate.opened' | 'step.started'> {
  if (event.type === 'gate.opened') return true;
  return event.type === 'step.started' && isDone(event.part) && event.effect !== 'read';
}

function isDone(part: StepPart): boolean {
  return part === 'action' || part === 'undo';
}

function withEvent(action: ActionTaken, { seq, at, event }: RecordedEvent): ActionTaken {
  switch (event.type) {
    case 'gate.opened':
      return { ...action, gates: [...action.gates, { opened: { seq, at, event }, answers: [] }] };
    case 'gate.answered':
      return { ...action, gates: answered(action.gates, { seq, at, event }) };
    case 'step.started':
      return isDone(event.part) ? { ...action, started: { seq, at, event } } : action;
    case 'step.finished': {
      const finished = { seq, at, event };
      if (isDone(event.part)) return { ...action, finished };
      return event.part === 'verify' ? { ...action, checks: [...action.checks, finished] } : action;
    }
    case 'step.settled':
      return { ...action, settled: { seq, at, event } };
    default:
      return action;
  }
}

function answered(
  gates: readonly GateRecord[],
  answer: At<'gate.answered'>,
): readonly GateRecord[] {
  const last = gates.at(-1);
  if (last === undefined) return gates;
  return gates.with(-1, { ...last, answers: [...last.answers, answer] });
}
