import type { EventOf, RecordedEvent, RunEventType } from '#events/log/event.ts';

/** An event of one type with its time and sequence number. */
export type At<T extends RunEventType> = {
  readonly seq: number;
  readonly at: string;
  readonly event: EventOf<T>;
};

/** Returns the events of one type, in order. */
export function eventsOf<T extends RunEventType>(
  records: readonly RecordedEvent[],
  type: T,
): readonly At<T>[] {
  return records.filter((record): record is At<T> => record.event.type === type);
}
