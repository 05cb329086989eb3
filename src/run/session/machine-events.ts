import type { RunEvent, ShownItem, StartedTarget } from '#events/log/event.ts';
import type { Intent, IntentType } from '#events/log/intent.ts';
import { rulesOf } from '#events/log/run-event.ts';
import type { TargetFacts } from '#machine/context.ts';
import type { MachineEvent } from '#machine/event.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';

/** Parses inputs that an operator edits. */
export type Values = {
  /** Returns the input values in an intent for the runbook of a step, if any. */
  readonly typed: (intent: Intent, step: string) => Readonly<Record<string, Value>> | undefined;
  /** Returns the targets of that runbook with these inputs; changes nothing. */
  readonly targets: (
    inputs: Readonly<Record<string, Value>>,
    step: string,
  ) => Readonly<Record<string, TargetFacts>>;
};

/**
 * Returns the machine event of an event, or undefined for events that only record the machine's
 * decisions. Results are masked in it; typed values are as typed. Recording and replaying both use
 * it, so that a resumed run reaches the same state.
 */
export function machineEventOf(
  event: RunEvent,
  at: string,
  values: Values,
): MachineEvent | undefined {
  switch (event.type) {
    case 'step.finished':
      return event.unexpected === true ? undefined : outcomeOf(event, at);
    case 'timer.fired':
      return { type: 'TIMER', ...about(event) };
    case 'run.resumed':
      return {
        type: 'INTERRUPTED',
        started: event.interrupted !== undefined,
        ...rulesOf(event),
      };
    case 'target.connected':
      return {
        type: 'CONNECTED',
        target: event.target,
        facts: factsOf(event.target, event.description, event.facts),
      };
    case 'gate.answered': {
      const { answer, digest, phrase, previewAgeMs, otherRun, reason, rows, back } = event;
      if (answer === 'declined') return { type: 'DECLINE', reason: reason ?? '' };
      if (answer === 'refresh') return { type: 'REFRESH' };
      if (rows !== undefined) return { type: 'LEAVE_OUT', digest, rows, back };
      return { type: 'CONFIRM', digest, phrase, previewAgeMs, otherRun };
    }
    case 'operator.acted':
      return operatorEvent(event, values);
    default:
      return undefined;
  }
}

/** Returns whether an event reports what happened, so that the machine may ignore it in any state. */
export function isNews({ type }: MachineEvent): boolean {
  return type === 'CONNECTED' || type === 'INTERRUPTED';
}

function outcomeOf(event: Extract<RunEvent, { type: 'step.finished' }>, at: string): MachineEvent {
  const { status, result, error, elapsedMs = 0, random = 0 } = event;
  const which = about(event);
  const known = error ?? { kind: 'unknown' as const, message: 'no reason was recorded' };
  if (status === 'succeeded')
    return { type: 'SUCCEEDED', result: result ?? {}, at, elapsedMs, ...which };
  if (status === 'unknown') return { type: 'UNKNOWN', error: known, ...which };
  return { type: 'FAILED', error: known, result, elapsedMs, random, ...which };
}

/** Identifies the concurrent action that an event is about. */
function about({ step, item }: { readonly step: string; readonly item?: ShownItem }) {
  return item === undefined ? { step } : { step, item: item.index };
}

function operatorEvent(
  { intent, step, targets }: Extract<RunEvent, { type: 'operator.acted' }>,
  values: Values,
): MachineEvent | undefined {
  const given = () => {
    const inputs = values.typed(intent, step);
    if (inputs === undefined) return {};
    const now = targets === undefined ? values.targets(inputs, step) : targetsByName(targets);
    return { inputs, targets: now };
  };
  switch (intent.type) {
    case 'jump':
    case 'undo':
      return { type: `${eventName(intent.type)}.${intent.step}` };
    case 'choose':
      return { type: `CHOOSE.${intent.clause ?? 'next'}`, reason: intent.reason };
    case 'answer':
      return { ...named(intent), ...given() };
    case 'edit':
      return { type: 'EDIT', inputs: {}, targets: {}, ...given() };
    case 'continue':
    case 'retry':
    case 'recheck':
    case 'stop':
    case 'auto':
    case 'report':
    case 'skip':
    case 'mark-done':
    case 'abort':
      return named(intent);
    default:
      return undefined;
  }
}

/** Returns the name of the machine event of an intent: that of `mark-done` is `MARK_DONE`. */
export function eventName<T extends IntentType>(type: T): EventName<T> {
  return type.toUpperCase().replace('-', '_') as EventName<T>;
}

type EventName<T extends string> = T extends `${infer First}-${infer Last}`
  ? `${Uppercase<First>}_${Uppercase<Last>}`
  : Uppercase<T>;

/** Returns an intent as a machine event with the same fields. */
function named<I extends Intent>(intent: I): Named<I> {
  return { ...intent, type: eventName(intent.type) } as Named<I>;
}

type Named<I extends Intent> = I extends Intent
  ? Omit<I, 'type'> & { readonly type: EventName<I['type']> }
  : never;

/** Returns recorded targets for the machine; parts missing in an address are null. */
export function targetsByName(
  targets: readonly StartedTarget[],
): Readonly<Record<string, TargetFacts>> {
  const unknown = { engine: null, host: null, port: null, database: null, user: null };
  return Object.fromEntries(targets.map((target) => [target.name, { ...unknown, ...target }]));
}

function factsOf(
  name: string,
  description: string,
  facts: Readonly<Record<string, Json>>,
): TargetFacts {
  const text = (field: string): string | null => {
    const value = facts[field];
    return typeof value === 'string' ? value : null;
  };
  const { port, server } = facts;
  return {
    name,
    description,
    engine: text('engine') as Engine | null,
    host: text('host'),
    port: typeof port === 'number' ? port : null,
    database: text('database'),
    user: text('user'),
    isConnected: true,
    ...(typeof server === 'string' ? { server } : {}),
  };
}
