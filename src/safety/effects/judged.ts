import type { Diagnostic } from '#runbook/diagnostic.ts';
import { type EffectReport, type Reason, reportOf, unsure } from './report.ts';

/**
 * What a body does at most, with spans in the runbook file, and what is wrong with its text.
 * Where the text is wrong the effect says nothing: it would only say the same twice.
 */
export type Judged = { readonly report: EffectReport; readonly problems: readonly Diagnostic[] };

/** Returns reasons as what a body does, in the order they were found. */
export function judged(reasons: readonly Reason[], problems: readonly Diagnostic[] = []): Judged {
  return { report: reportOf(reasons), problems };
}

/** Returns what is left of a body whose text cannot be read. */
export function broken(problems: readonly Diagnostic[]): Judged {
  return judged(
    problems.map(({ span }) => unsure('it cannot be read', span)),
    problems,
  );
}
