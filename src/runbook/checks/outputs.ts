import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { NameUse } from '../expression/names-read.ts';
import type { Runbook } from '../model/runbook.ts';
import type { ReadStep } from '../read/step.ts';

/** Returns an error for each output that a step reads of a runbook which does not have it. */
export function unknownOutputs(steps: readonly ReadStep[]): readonly Diagnostic[] {
  const called = new Map(
    steps.flatMap(({ step }) =>
      step.does.kind === 'runbook' && step.forEach === undefined
        ? [[step.id, step.does.runbook] as const]
        : [],
    ),
  );
  return steps.flatMap(({ step, uses }) =>
    uses.flatMap(({ use }) => {
      const [id, name] = outputOf(use, step.id);
      const runbook = called.get(id ?? '');
      if (runbook === undefined || name === undefined) return [];
      return hasOutput(runbook, name) ? [] : [unknown(runbook, name, use)];
    }),
  );
}

/** Returns the step and the name of the output that is read, if one is. */
function outputOf({ path }: NameUse, own: string): readonly (string | undefined)[] {
  const [root, ...rest] = path;
  const [id, part, name] = root === 'result' ? [own, ...rest] : rest;
  return (root === 'steps' || root === 'result') && part === 'outputs' ? [id, name] : [];
}

function hasOutput({ outputs = [] }: Runbook, name: string): boolean {
  return outputs.some((one) => one.name === name);
}

function unknown({ name: runbook, outputs = [] }: Runbook, name: string, { span }: NameUse) {
  const known = outputs.map((one) => one.name);
  const hint = didYouMean(name, known) ?? (known.length === 0 ? 'it has no outputs' : undefined);
  return errorAt('unknown-name', span, `the runbook "${runbook}" has no output "${name}"`, hint);
}
