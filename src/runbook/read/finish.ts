import type { Diagnostic } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import type { FinishStep } from '../model/runbook.ts';
import type { StepDocument } from '../schema/step.ts';
import type { PartReader } from './part-reader.ts';
import { readShown } from './question.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads a `finish` step. The runbook it leads to need not be there: a record outlives its library. */
export function readFinish(
  { finish }: StepDocument['finish'],
  names: Names,
  reader: PartReader,
  { secrets, isRunbook }: StepSurroundings,
  problems: Diagnostic[],
): FinishStep | undefined {
  const { outcome, unchecked: isUnchecked, continue_with: continueWith } = finish;
  const summary = readShown(['finish', 'summary'], names, reader, secrets);
  const path = ['finish', 'unchecked'];
  const unchecked = isUnchecked === undefined ? undefined : readShown(path, names, reader, secrets);
  if (continueWith !== undefined && !isRunbook(continueWith))
    problems.push({
      severity: 'warning',
      code: 'unknown-runbook',
      message: `there is no runbook "${continueWith}"`,
      span: reader.span(['finish', 'continue_with']),
      hint: 'runbook list shows those there are',
    });
  return summary && { kind: 'finish', outcome, summary, unchecked, continueWith };
}
