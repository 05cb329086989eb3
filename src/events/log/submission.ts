import type { RunEvent } from './event.ts';
import type { Intent, IntentType } from './intent.ts';

/** An intent on its way to a run, as data. */
export type Submission = {
  readonly intent: Intent;
  /** Who wants it: the record says so. */
  readonly by: string;
  /** The question it answers: the number of the `operator.awaited` that put it. */
  readonly answers?: number | undefined;
};

/**
 * Why an intent was refused. `stale`: it answers another question than the one that is open. `impossible`:
 * the run cannot do it where it stands. `invalid`: what was typed is not a value of its input.
 * `not-confirmed`: it is not what the gate shows; the record says so. `not-begun` and `ended`: nothing can
 * be asked of the run yet, or any more.
 */
export type RefusalCode =
  | 'not-begun'
  | 'ended'
  | 'stale'
  | 'impossible'
  | 'invalid'
  | 'not-confirmed';

/** What became of an intent. */
export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: RefusalCode; readonly reason: string };

/** The run took the intent. */
export const ACCEPTED: Verdict = { accepted: true };

/** Returns a refusal. */
export function refused(code: RefusalCode, reason: string): Verdict {
  return { accepted: false, code, reason };
}

/** Returns what became of an intent that was recorded: a gate may not open for what answered it. */
export function verdictOf(event: RunEvent): Verdict {
  if (event.type !== 'gate.answered' || event.answer !== 'refused') return ACCEPTED;
  return refused('not-confirmed', event.reason ?? 'it is not what the gate shows');
}

const ANYTIME: ReadonlySet<IntentType> = new Set([
  'auto',
  'stop',
  'cancel',
  'note',
  'adhoc',
  'leave',
  'abort',
]);

/** Returns whether an intent is an answer to what the run asks; others need no question. */
export function isAnswer({ type }: Intent): boolean {
  return !ANYTIME.has(type);
}
