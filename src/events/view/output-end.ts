import type { OutputRecord } from '../log/event.ts';

/** Returns the whole of a short output, or its end. */
export function outputEnd(output: OutputRecord): {
  readonly text: string;
  readonly isWhole: boolean;
} {
  const { head, tail, bytes } = output;
  const both = head + tail;
  // A longer output lacks the part between both ends.
  const isWhole = new TextEncoder().encode(both).length >= bytes;
  return { text: isWhole ? both : tail, isWhole };
}
