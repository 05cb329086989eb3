import type { Diagnostic } from '#runbook/diagnostic.ts';
import { type EffectReport, type Reason, reportOf, unsure } from './report.ts';

/**
 * The inferred effect of a body, with spans in the runbook file, and the problems in its text. With
 * problems, the effect has no meaning: it would only repeat them.
 */
export type Judged = { readonly report: EffectReport; readonly problems: readonly Diagnostic[] };

/** Converts reasons into the effect of a body, in the order of the text. */
export function judged(reasons: readonly Reason[], problems: readonly Diagnostic[] = []): Judged {
  return { report: reportOf(reasons), problems };
}

/** Returns the effect of a body whose text cannot be parsed. */
export function broken(problems: readonly Diagnostic[]): Judged {
  return judged(
    problems.map(({ span }) => unsure('it cannot be read', span)),
    problems,
  );
}
