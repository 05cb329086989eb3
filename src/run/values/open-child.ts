import { RunbookError, usageError } from '#errors.ts';
import type { OpenChild } from '#machine/context/child-runbook.ts';
import { textOf } from '#runbook/expression/template.ts';
import { parseInput } from '#runbook/model/input-text.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import type { ChildTexts } from './child-inputs.ts';
import { resolveTargets, targetFacts } from './targets.ts';

/**
 * Returns a function that gives a runbook that runs as a step its inputs, parsed like the
 * operator's, and its targets. Inputs that the step does not set come from `texts`.
 */
export function childOpener(texts: ChildTexts): OpenChild {
  return (runbook, given) => {
    try {
      const inputs = childInputs(runbook, given, texts.get(runbook.name) ?? {});
      return { ok: true, inputs, targets: targetFacts(resolveTargets(runbook, inputs)) };
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      const hint = error.hint === undefined ? '' : `: ${error.hint}`;
      return { ok: false, reason: `${runbook.name}: ${error.message}${hint}` };
    }
  };
}

function childInputs(
  runbook: Runbook,
  given: Readonly<Record<string, Value>>,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    runbook.inputs.map((definition) => {
      const { name } = definition;
      const value = Object.hasOwn(given, name) ? given[name] : texts[name];
      return [name, childInput(definition, value ?? null)];
    }),
  );
}

function childInput(definition: InputDefinition, given: Value): Value {
  if (given !== null) return parseInput(definition, textOf(given));
  const { name, required, default: other, env } = definition;
  if (required && other === null)
    throw usageError(
      `the input "${name}" has no value`,
      env === undefined ? undefined : `start the run with ${env} set`,
    );
  return other;
}
