import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, RecordedEvent, RunEvent, StepPart } from '#events/log/event.ts';
import type { At } from './events.ts';

/** A gate as shown to the operator, with every answer it received. */
export type GateRecord = {
  readonly opened: At<'gate.opened'>;
  readonly answers: readonly At<'gate.answered'>[];
};

/** A changing action: its gates, answers, execution and checks. */
export type ActionTaken = {
  /** From 1, in order of appearance. */
  readonly number: number;
  readonly step: string;
  readonly gates: readonly GateRecord[];
  /** The gate of an earlier item of the same step, if it was for this one too. */
  readonly shared?: GateRecord;
  readonly started?: At<'step.started'>;
  readonly finished?: At<'step.finished'>;
  /** The checks of the following verification. */
  readonly checks: readonly At<'step.finished'>[];
  readonly settled?: At<'step.settled'>;
};

/**
 * Returns the actions that changed something or were to be confirmed, each with its events. A
 * repeated step is an action of its own, with its own gate.
 */
export function actionsTaken(records: readonly RecordedEvent[]): readonly ActionTaken[] {
  const actions: ActionTaken[] = [];
  // An ad-hoc command is an action besides that of the current step.
  const open: Record<'step' | 'command', number | undefined> = {
    step: undefined,
    command: undefined,
  };
  for (const record of withoutLooks(records)) {
    const { event } = record;
    const which = isOfAdhoc(event) ? 'command' : 'step';
    if (event.type === 'step.entered' || event.type === 'adhoc.entered') open[which] = undefined;
    const at = open[which] ?? -1;
    const last = actions[at];
    if (asksOrRuns(event) && isOver(last)) {
      const fresh = { ...begun(event, last), number: actions.length + 1 };
      open[which] = actions.push(withEvent(fresh, record)) - 1;
    } else if (last !== undefined && 'step' in event && event.step === last.step) {
      actions[at] = withEvent(last, record);
    }
  }
  return actions;
}

/** Leaves out executions that only connect, or look at the place of a change: they change nothing. */
function withoutLooks(records: readonly RecordedEvent[]): readonly RecordedEvent[] {
  let isLook = false;
  return records.filter(({ event }) => {
    if (event.type === 'step.started') isLook = event.action.kind === 'connect';
    return !isLook || (event.type !== 'step.started' && event.type !== 'step.finished');
  });
}

/** Returns an action at its first event, with the gate of the one before if it covers both. */
function begun(
  event: EventOf<'gate.opened' | 'step.started'>,
  last: ActionTaken | undefined,
): Omit<ActionTaken, 'number'> {
  const fresh = { step: event.step, gates: [], checks: [] };
  const isShared = event.type === 'step.started' && event.together === true;
  const shared = isShared && last?.step === event.step ? gateOf(last) : undefined;
  return shared === undefined ? fresh : { ...fresh, shared };
}

/** Returns the last gate that was for an action, if it had one. */
export function gateOf({ gates, shared }: ActionTaken): GateRecord | undefined {
  return gates.at(-1) ?? shared;
}

function isOver(action: ActionTaken | undefined): boolean {
  return action === undefined || action.started !== undefined;
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

/** Returns when an action succeeded (ISO time); `undefined` if it did not. An undo is not a change. */
export function lastingEnd({ started, finished, settled }: ActionTaken): string | undefined {
  if (finished?.event.status !== 'succeeded' || started?.event.part === 'undo') return undefined;
  return settled?.event.status === 'failed' ? undefined : finished.at;
}
