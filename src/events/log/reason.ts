import * as z from 'zod/mini';
import { type Logged, type OutcomeCheck, opt, outcomeCheck } from './parts.ts';

const plain = <const K extends string>(...kinds: K[]) => z.object({ kind: z.enum(kinds) });

/**
 * A reason that runbook gives: its kind, and what its words need. The words are in
 * `events/wording/reasons.ts`; what a person said is a text of its own and has no kind.
 */
export const REASON_SCHEMA = z.discriminatedUnion('kind', [
  // Why a run paused.
  plain('operator-left', 'interrupted', 'terminal-closed', 'asked-to-stop'),
  plain('not-displayed', 'nobody-can-answer'),
  // Why it waits.
  plain('own-login', 'prerequisite', 'not-a-number', 'not-a-choice', 'undone', 'not-undone'),
  z.object({
    kind: z.literal('unknown'),
    part: z.enum(['action', 'undo']),
    check: opt(outcomeCheck),
    problem: opt(z.string()),
  }),
  z.object({ kind: z.literal('too-many-visits'), times: z.number() }),
  z.object({ kind: z.literal('undecided'), problem: z.string() }),
  plain('earlier-build', 'change-of-earlier-build'),
  // Why a step was skipped, or continued.
  z.object({ kind: z.literal('false'), condition: z.string() }),
  z.object({ kind: z.literal('no-items'), items: z.string() }),
  plain('nothing-found', 'nothing-left', 'none-needed', 'all-changed', 'after-undo'),
  // Why an answer did not open its gate.
  plain('other-gate', 'other-phrase', 'other-server', 'other-rows', 'not-possible'),
  z.object({ kind: z.literal('other-run'), run: z.string() }),
  // Why an intent was refused.
  plain(
    'not-now',
    'no-jump-to-end',
    'not-begun',
    'ended',
    'finished',
    'other-question',
    'other-process',
  ),
  plain('run-left', 'command-open', 'no-commands-now', 'other-action', 'not-for-teams'),
  z.object({ kind: z.literal('no-target'), name: z.string() }),
  z.object({ kind: z.literal('earlier-question'), answers: z.number(), asked: opt(z.number()) }),
  z.object({ kind: z.literal('no-connection'), server: z.string() }),
  z.object({ kind: z.literal('not-acknowledged'), server: z.string() }),
]);

/** A reason that runbook gives: its kind, and what its words need. */
export type Reason = Logged<typeof REASON_SCHEMA>;

/** A reason in words, with what they were made from if they are runbook's own. */
export type Because = { readonly reason: string; readonly why?: Reason };

/** Returns what the check of a change with an unknown outcome says. */
export function outcomeCheckOf(why: Reason | undefined): OutcomeCheck {
  return (why?.kind === 'unknown' && why.check) || 'none';
}
