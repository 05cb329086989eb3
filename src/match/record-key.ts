import { withoutDate } from './message.ts';

/** A number that stands alone; a zero before it is a notation of codes. */
const NUMBER = /\b[1-9]\d*\b/g;
/** The digit that stands for those of a number that no rule reads. */
const DIGIT = '7';

/**
 * Returns a function that gives records the same key if no rule can tell them apart: without their time,
 * and with one number of each length for all that no rule reads.
 */
export function createRecordKey(read: Iterable<string>): (record: string) => string {
  const numbers = new Set<string>();
  for (const text of read) for (const [number] of text.matchAll(NUMBER)) numbers.add(number);
  const others: string[] = [];
  const other = (length: number) => {
    others[length] ??= DIGIT.repeat(length);
    return others[length];
  };
  return (record) =>
    withoutDate(record).replace(NUMBER, (number) =>
      numbers.has(number) ? number : other(number.length),
    );
}

/** Returns whether a pattern reads the digits of a number, other than in how often something occurs. */
export function readsDigits(pattern: string): boolean {
  return /\d/.test(pattern.replace(/\{\d+(?:,\d*)?\}/g, ''));
}
