import type { Step } from '../model/runbook.ts';
import type { Source, Span } from '../yaml/source.ts';

/** Returns the place of a step's ID, which stands for the whole step in a message. */
export function idPlace({ text }: Source, { id, span }: Step): Span {
  const at = text.indexOf(id, span.start);
  return at === -1 || at + id.length > span.end
    ? { start: span.start, end: span.start + 1 }
    : { start: at, end: at + id.length };
}
