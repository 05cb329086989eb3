import { didYouMean } from '#text/suggest.ts';
import { ERROR_NAMES, type Names, resultNames } from '../expression/known-names.ts';
import type { Clause } from '../model/runbook.ts';
import { refuseSecrets } from '../model/secrets.ts';
import { previewNames } from '../model/step-results.ts';
import type { Fields } from '../model/value-type.ts';
import type { WrittenStep } from '../schema/step-document.ts';
import type { PartReader, Path } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads the transitions after a step whose result has these fields. */
export function readNext(
  { document }: WrittenStep,
  fields: Fields,
  reader: PartReader,
  surroundings: StepSurroundings,
): readonly Clause[] {
  const preview = 'preview' in document ? document.preview : undefined;
  const names: Names = {
    ...surroundings.names,
    ...ERROR_NAMES,
    ...(Object.keys(fields).length === 0 ? {} : resultNames(fields)),
    ...(reader.has(['for_each']) ? {} : previewNames(preview)),
  };
  if (typeof document.next === 'string') return [shortNext(document.next, reader, surroundings)];
  const clauses = document.next ?? [];
  return clauses.map((clause, index) => {
    const path = ['next', index];
    const condition = reader.condition([...path, 'if'], names);
    const span = reader.span(path);
    if (clause.if === undefined && index < clauses.length - 1)
      reader.report(
        'default-not-last',
        span,
        'a clause without "if" is the default and has to be the last one',
        'no clause below it is ever taken',
      );
    if (clause.goto !== undefined) checkGoto(clause.goto, [...path, 'goto'], reader, surroundings);
    const finding = reader.template([...path, 'finding'], names);
    if (finding !== undefined)
      refuseSecrets(finding, surroundings.secrets, 'secret-in-text', reader);
    const isCause = clause.cause ?? false;
    if (isCause && clause.finding === undefined)
      reader.report(
        'cause-without-finding',
        reader.span([...path, 'cause']),
        'a cause needs a finding that says what it is',
        'add "finding: …" to this clause, or leave out "cause"',
      );
    const isHandler = reader.isHandler(path) ? { isHandler: true as const } : {};
    return { span, if: condition, finding, isCause, goto: clause.goto, ...isHandler };
  });
}

/** Returns the one clause that `next: STEP` is short for. */
function shortNext(goto: string, reader: PartReader, surroundings: StepSurroundings): Clause {
  checkGoto(goto, ['next'], reader, surroundings);
  const span = reader.span(['next']);
  return { span, if: undefined, finding: undefined, isCause: false, goto };
}

function checkGoto(
  id: string,
  path: Path,
  reader: PartReader,
  { stepIds, branches }: StepSurroundings,
): void {
  if (stepIds.has(id)) return;
  const parallel = branches.get(id);
  reader.report(
    'unknown-step',
    reader.span(path),
    parallel === undefined ? `there is no step "${id}"` : `"${id}" is a branch of "${parallel}"`,
    parallel === undefined ? didYouMean(id, stepIds) : `go to "${parallel}"`,
  );
}
