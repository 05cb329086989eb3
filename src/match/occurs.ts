import type { Phrase } from './compile-signatures.ts';
import { bareMessage } from './message.ts';
import { LONGEST_GAP, WEIGHT } from './signature.ts';

/**
 * Tells whether a phrase occurs in a folded text, given the first and last offset of its anchor:
 * all its parts in order, at the required position of the message.
 */
export function occurs(
  { parts, anchored }: Phrase,
  text: string,
  first: number,
  last: number,
): boolean {
  if (anchored !== 'none') {
    const message = bareMessage(text);
    const whole = parts[0] ?? '';
    if (anchored === 'whole') return message === whole;
    return anchored === 'start' ? message.startsWith(whole) : message.endsWith(whole);
  }
  if (parts.length === 1) return true;
  return inOrder(text, parts, first) || (last !== first && inOrder(text, parts, last));
}

/**
 * Finds the parts in order. The first must start before an offset, and no further from it than the
 * gaps allow.
 */
function inOrder(text: string, parts: readonly string[], near: number): boolean {
  const longest = parts.reduce((sum, part) => sum + part.length + LONGEST_GAP, 0);
  const first = parts[0] ?? '';
  let start = text.indexOf(first, Math.max(0, near - longest));
  while (start !== -1 && start <= near) {
    if (follows(text, parts, start + first.length)) return true;
    start = text.indexOf(first, start + 1);
  }
  return false;
}

function follows(text: string, parts: readonly string[], from: number): boolean {
  let end = from;
  for (const part of parts.slice(1)) {
    const at = text.indexOf(part, end);
    if (at === -1 || at - end > LONGEST_GAP) return false;
    end = at + part.length;
  }
  return true;
}

/** Tells whether a phrase is the message of a folded text rather than a part of it. */
export function isMessage({ parts, weight }: Phrase, text: string): boolean {
  const message = bareMessage(text);
  const start = parts[0] ?? '';
  if (!message.startsWith(start)) return false;
  return weight === WEIGHT.tls || message.length <= start.length + 1;
}
