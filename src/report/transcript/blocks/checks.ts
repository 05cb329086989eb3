import type { RecordedEvent } from '#events/log/event.ts';
import { counted } from '#text/count.ts';

/** The checks of a verification between its first and its last. */
export type SkippedChecks = {
  /** The number of the event before them. */
  readonly after: number;
  /** The numbers of its events. */
  readonly events: ReadonlySet<number>;
  readonly says: string;
};

/**
 * Returns the repeated checks that were still false: all but the first and the last of each
 * verification.
 */
export function checksBetween(records: readonly RecordedEvent[]): readonly SkippedChecks[] {
  const stretches: RecordedEvent[][] = [[]];
  for (const record of records) {
    if (isCheck(record)) stretches.at(-1)?.push(record);
    else stretches.push([]);
  }
  return stretches.flatMap(between);
}

function isCheck({ event }: RecordedEvent): boolean {
  if (event.type === 'timer.armed') return event.for === 'verify';
  if (event.type === 'timer.fired') return true;
  return (
    (event.type === 'step.started' || event.type === 'step.finished') && event.part === 'verify'
  );
}

function between(stretch: readonly RecordedEvent[]): readonly SkippedChecks[] {
  const first = stretch.findIndex(({ event }) => event.type === 'step.finished');
  const last = stretch.findLastIndex(({ event }) => event.type === 'step.started');
  const skipped = stretch.slice(first + 1, last);
  const checks = skipped.filter(({ event }) => event.type === 'step.finished').length;
  const after = stretch[first]?.seq;
  if (after === undefined || checks === 0) return [];
  const says = `${counted(checks, 'more check')} in between, none of them enough`;
  return [{ after, events: new Set(skipped.map(({ seq }) => seq)), says }];
}
