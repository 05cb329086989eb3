import { RunbookError, usageError } from '../errors.ts';
import type { OpenChild } from '../machine/child-runbook.ts';
import type { InputDefinition, Runbook } from '../runbook/runbook.ts';
import { textOf } from '../runbook/template.ts';
import type { Value } from '../runbook/value.ts';
import { parseInput } from './input-values.ts';
import { resolveTargets, targetFacts } from './targets.ts';

/** Gives a runbook that runs as a step its inputs, read like the operator's, and its targets. */
export const openChild: OpenChild = (runbook, given) => {
  try {
    const inputs = childInputs(runbook, given);
    return { ok: true, inputs, targets: targetFacts(resolveTargets(runbook, inputs)) };
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    return { ok: false, reason: `${runbook.name}: ${error.message}` };
  }
};

function childInputs(
  runbook: Runbook,
  given: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    runbook.inputs.map((definition) => [
      definition.name,
      childInput(definition, given[definition.name] ?? null),
    ]),
  );
}

function childInput(definition: InputDefinition, given: Value): Value {
  if (given !== null) return parseInput(definition, textOf(given));
  const { name, required, default: other } = definition;
  if (required && other === null) throw usageError(`the input "${name}" has no value`);
  return other;
}
