import * as z from 'zod/mini';
import { OPERATOR_EVENTS } from './operator-event.ts';
import { type Logged, number, time } from './parts.ts';
import { RUN_EVENTS } from './run-event.ts';
import { STEP_EVENTS } from './step-event.ts';

export type * from './parts.ts';
export type { Reason } from './reason.ts';

/** The version of written events; the first event of a journal contains its version. */
export const EVENT_VERSION = 2;

/** Everything that happens in a run; each member says when it is written. */
export const EVENT_SCHEMA = z.discriminatedUnion('type', [
  ...RUN_EVENTS,
  ...STEP_EVENTS,
  ...OPERATOR_EVENTS,
]);

/** Everything that happens in a run. */
export type RunEvent = Logged<typeof EVENT_SCHEMA>;

/** The name of an event. */
export type RunEventType = RunEvent['type'];

/** One event of a given name. */
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

/** An event with its sequence number and time. */
export const RECORD_SCHEMA = z.strictObject({
  seq: number('from 1, without gaps'),
  at: time('when it was written'),
  event: EVENT_SCHEMA,
});

/** An event with its sequence number and time. */
export type RecordedEvent = Logged<typeof RECORD_SCHEMA>;

const TYPES: ReadonlySet<string> = new Set(
  EVENT_SCHEMA.def.options.flatMap(({ def }) => def.shape.type.def.values),
);

/** Returns whether this version has events of that type; a later one may have others. */
export function isKnownType(type: string): boolean {
  return TYPES.has(type);
}

/** Returns the first invalid field of an event, e.g. `action.text`, or undefined if it is valid. */
export function eventFlaw(event: unknown): string | undefined {
  const { error } = EVENT_SCHEMA.safeParse(event);
  // A later build may have other kinds of reasons, which it also says in words.
  const flaw = error?.issues.find(({ path }) => path[0] !== 'why');
  return flaw && (flaw.path.join('.') || 'type');
}
