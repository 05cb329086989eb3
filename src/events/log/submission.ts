import type { RunEvent } from './event.ts';
import type { Intent, IntentType } from './intent.ts';
import type { Because } from './reason.ts';

/** An intent submitted to a run. */
export type Submission = {
  readonly intent: Intent;
  /** The person who submits it, for the record. */
  readonly by: string;
  /** The question it answers: the number of its `operator.awaited`. */
  readonly answers?: number | undefined;
};

/**
 * The reason of a refusal. `stale`: it answers a question that is no longer open. `impossible`:
 * the run cannot do it in its current state. `invalid`: a typed text is not a value of its input.
 * `not-confirmed`: it does not match the gate, which is recorded. `not-begun` and `ended`: the run
 * accepts no intents yet, or any more. `not-allowed`: the person may not do it.
 */
export type RefusalCode =
  | 'not-begun'
  | 'ended'
  | 'stale'
  | 'impossible'
  | 'invalid'
  | 'not-confirmed'
  | 'not-allowed';

/** The result of submitting an intent. */
export type Verdict =
  | { readonly accepted: true }
  | ({ readonly accepted: false; readonly code: RefusalCode } & Because);

/** The verdict of an accepted intent. */
export const ACCEPTED: Verdict = { accepted: true };

/** Returns the verdict of a recorded intent: a gate may not open for its answer. */
export function verdictOf(event: RunEvent): Verdict {
  if (event.type !== 'gate.answered' || event.answer !== 'refused') return ACCEPTED;
  const { reason = '', why } = event;
  return { accepted: false, code: 'not-confirmed', reason, ...(why && { why }) };
}

const ANYTIME: ReadonlySet<IntentType> = new Set([
  'auto',
  'stop',
  'cancel',
  'note',
  'adhoc',
  'attend',
  'leave',
  'abort',
]);

/** Returns whether an intent answers a question; others need none. */
export function isAnswer({ type }: Intent): boolean {
  return !ANYTIME.has(type);
}
