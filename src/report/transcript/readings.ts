import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import type { TranscriptRun } from './run.ts';

/** Numbers that a step read, from the first row of its result. */
export type Reading = {
  readonly seq: number;
  readonly at: string;
  readonly step: string;
  readonly numbers: Readonly<Record<string, number>>;
};

/** A reading before a change, and the same numbers after it. */
export type Compared = {
  readonly before: Reading;
  readonly after: Reading;
  /** The names of the numbers in both readings. */
  readonly columns: readonly string[];
};

type Found = Reading & { readonly isAfter: boolean; readonly isCheck: boolean };

/**
 * Returns the numbers before and after: of each diagnose step the first reading, and the last one
 * of a later step with the same ID or the same columns; of each verification its first check and
 * its last. A reading is later if it is by a verify step or a verification, or follows a change.
 */
export function comparedReadings(run: TranscriptRun): readonly Compared[] {
  const found = readingsOf(run);
  const steps = firstOfEach(found.filter(({ isAfter, isCheck }) => !isAfter && !isCheck));
  const checks = firstOfEach(found.filter(({ isCheck }) => isCheck));
  return [
    ...steps.flatMap((before) =>
      compared(
        before,
        found.filter(({ isAfter, seq }) => isAfter && seq > before.seq),
      ),
    ),
    ...checks.flatMap((before) =>
      compared(
        before,
        found.filter(
          ({ isCheck, step, seq }) => isCheck && step === before.step && seq > before.seq,
        ),
      ),
    ),
  ];
}

function compared(before: Reading, later: readonly Reading[]): readonly Compared[] {
  const own = later.filter(({ step }) => step === before.step);
  const after = (own.length > 0 ? own : later).findLast(({ numbers }) =>
    Object.keys(numbers).some((name) => name in before.numbers),
  );
  if (after === undefined) return [];
  const columns = Object.keys(before.numbers).filter((name) => name in after.numbers);
  return columns.length === 0 ? [] : [{ before, after, columns }];
}

function firstOfEach<R extends Reading>(readings: readonly R[]): readonly R[] {
  return readings.filter(
    ({ step }, index) => readings.findIndex((other) => other.step === step) === index,
  );
}

function readingsOf({ records, started, actions }: TranscriptRun): readonly Found[] {
  const phases = new Map(started.steps.map(({ id, phase }) => [id, phase]));
  const changed = actions.find(({ finished }) => finished !== undefined)?.finished?.seq;
  return records.flatMap(({ seq, at, event }) => {
    const numbers = numbersIn(event);
    if (numbers === undefined || event.type !== 'step.finished') return [];
    const isCheck = event.part === 'verify';
    const isLater = changed !== undefined && seq > changed;
    const isAfter = isCheck || isLater || phases.get(event.step) === 'verify';
    return [{ seq, at, step: event.step, numbers, isAfter, isCheck }];
  });
}

/** Only a single row has numbers that represent the whole result. */
function numbersIn(event: RecordedEvent['event']): Readonly<Record<string, number>> | undefined {
  if (event.type !== 'step.finished' || !isRead(event)) return undefined;
  const rows = event.result?.rows;
  if (!Array.isArray(rows) || rows.length !== 1) return undefined;
  const entries = Object.entries(rows[0] as Row).filter(isNumber);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isRead({ part, status }: EventOf<'step.finished'>): boolean {
  return status === 'succeeded' && (part === 'action' || part === 'verify');
}

function isNumber(entry: [string, Json]): entry is [string, number] {
  return typeof entry[1] === 'number';
}
