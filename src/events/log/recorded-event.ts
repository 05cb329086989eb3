import type { RunEvent } from './event.ts';

/** The name of an event. */
export type RunEventType = RunEvent['type'];

/** One event of a given name. */
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

/** An event with its place in the journal. */
export type RecordedEvent = {
  /** From 1, without gaps. */
  readonly seq: number;
  /** When it was written (ISO, UTC). */
  readonly at: string;
  readonly event: RunEvent;
};
