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

/** Combines the effects of the texts of one body. Without a text, nothing is proven. */
export function judgedTogether(all: readonly Judged[]): Judged {
  const nothing = unsure('no text of it could be judged', { start: 0, end: 0 });
  return judged(
    all.length === 0 ? [nothing] : all.flatMap(({ report }) => report.because),
    all.flatMap(({ problems }) => problems),
  );
}

/** Returns the effect of a body whose text cannot be parsed. */
export function broken(problems: readonly Diagnostic[]): Judged {
  return judged(
    problems.map(({ span }) => unsure('it cannot be read', span)),
    problems,
  );
}
