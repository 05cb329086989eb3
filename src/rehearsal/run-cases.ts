import { type Coverage, coverageOf, takenIn } from './branches.ts';
import type { Cases } from './cases/case.ts';
import type { Failure } from './failure.ts';
import { rehearse } from './rehearse.ts';
import type { Rehearsed, Stage } from './stage.ts';
import { caseVerdict } from './verdict.ts';

/** A rehearsed case and its failures. */
export type CaseResult = { readonly rehearsed: Rehearsed; readonly failures: readonly Failure[] };

/** The results of the cases of a runbook. */
export type CasesResult = {
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
};

/** Rehearses the cases that `wanted` selects, and measures their branch coverage. */
export function runCases(
  cases: Cases,
  stage: Stage,
  wanted: (name: string) => boolean = () => true,
): CasesResult {
  const taken = new Set<string>();
  const results = cases.cases
    .filter(({ name }) => wanted(name))
    .map((testCase): CaseResult => {
      const rehearsed = rehearse(stage, testCase);
      for (const branch of takenIn(rehearsed.events)) taken.add(branch);
      return { rehearsed, failures: caseVerdict(rehearsed, stage) };
    });
  return { results, coverage: coverageOf(cases.runbook, taken) };
}
