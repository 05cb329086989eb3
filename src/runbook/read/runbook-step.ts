import { didYouMean } from '#text/suggest.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import { type Template, textOf } from '../expression/template.ts';
import { inputRefusal } from '../model/input-text.ts';
import type { InputDefinition, Runbook, RunbookStep } from '../model/runbook.ts';
import { refuseSecrets } from '../model/secrets.ts';
import type { Json } from '../model/value.ts';
import type { StepDocument } from '../schema/step.ts';
import { isOfType } from './inputs.ts';
import type { PartReader } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads a step that is another runbook, and checks the inputs it is given. */
export function readRunbookStep(
  document: StepDocument['runbook'],
  names: Names,
  reader: PartReader,
  { link, secrets }: StepSurroundings,
  problems: Diagnostic[],
): RunbookStep | undefined {
  const given = document.with ?? {};
  const values: Record<string, Template | Json> = {};
  for (const [name, value] of Object.entries(given))
    values[name] =
      (typeof value === 'string' ? reader.template(['with', name], names) : undefined) ?? value;
  const runbook = link(document.runbook, reader.span(['runbook']), problems);
  if (runbook === undefined) return undefined;
  for (const name of Object.keys(given)) checkGiven(name, values[name] ?? null, runbook);
  const missing = runbook.inputs.filter(
    ({ name, required, env }) => required && env === undefined && !Object.hasOwn(given, name),
  );
  for (const { name } of missing)
    problems.push({
      severity: 'warning',
      code: 'missing-key',
      span: reader.has(['with']) ? reader.keySpan(['with']) : reader.span(['runbook']),
      message: `the runbook "${runbook.name}" needs the input "${name}"; without --env it is asked for`,
      hint: `add with: { ${name}: … }`,
    });
  return { kind: 'runbook', runbook, with: values };

  function checkGiven(
    name: string,
    value: Template | Json,
    { inputs, name: other }: Runbook,
  ): void {
    const input = inputs.find((one) => one.name === name);
    if (input === undefined) {
      const hint =
        didYouMean(
          name,
          inputs.map((one) => one.name),
        ) ?? 'it has no inputs';
      const message = `the runbook "${other}" has no input "${name}"`;
      reader.report('unknown-key', reader.keySpan(['with', name]), message, hint);
      return;
    }
    if (isTemplate(value)) {
      if (!input.secret) refuseSecrets(value, secrets, 'secret-in-text', reader);
      if (value.placeholders.length > 0) return;
    }
    checkType(input, isTemplate(value) ? value.text : value);
  }

  function checkType(input: InputDefinition, value: Json): void {
    const { name, type } = input;
    const span = reader.span(['with', name]);
    if (!isOfType(value, input) && !(type === 'list' && typeof value === 'string')) {
      const hint = `give it a ${type}, or a placeholder`;
      reader.report('wrong-type', span, `the input "${name}" is a ${type}`, hint);
      return;
    }
    const refusal = inputRefusal(input, textOf(value));
    if (refusal !== undefined)
      reader.report('wrong-value', span, refusal, 'give it a value that it accepts');
  }
}

function isTemplate(value: Template | Json): value is Template {
  return typeof value === 'object' && value !== null && 'placeholders' in value;
}
