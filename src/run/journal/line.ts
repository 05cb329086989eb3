import { hash } from 'node:crypto';
import type { RecordedEvent } from '#events/log/event.ts';

/** The previous hash in the first line of a journal. */
export const NO_LINE = '0'.repeat(64);

/** A valid journal line: the recorded event and the hash of the line before it. */
export type JournalLine = RecordedEvent & { readonly prev: string };

/** Encodes a journal line, with its line end, as the bytes that are written and hashed. */
export function encodeLine(record: RecordedEvent, prev: string): Buffer {
  const { seq, at, event } = record;
  return Buffer.from(`${JSON.stringify({ seq, at, prev, event })}\n`);
}

/** Returns the SHA-256 (hex) of a line's bytes, its line end included, as `sha256sum` prints it. */
export function hashLine(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}

/** Decodes a line's bytes; `undefined` if they are not a journal line. */
export function decodeLine(bytes: Buffer): JournalLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  return isJournalLine(value) ? value : undefined;
}

function isJournalLine(value: unknown): value is JournalLine {
  const { seq, at, prev, event } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isSafeInteger(seq) &&
    typeof at === 'string' &&
    typeof prev === 'string' &&
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    typeof event.type === 'string'
  );
}
