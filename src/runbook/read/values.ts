import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { compileExpression } from '../expression/cel.ts';
import { type Names, namesBeforeSteps } from '../expression/known-names.ts';
import type { NameUse } from '../expression/names-read.ts';
import type { ComputedValue, InputDefinition } from '../model/runbook.ts';
import { isSecret, type SecretNames } from '../model/secrets.ts';
import type { Fields } from '../model/value-type.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';

/**
 * Reads the computed values of a runbook. Each may use inputs, targets and the values above it; a
 * secret is reported, since what is computed from it would not be masked.
 */
export function readValues(
  root: LocatedNode,
  inputs: readonly InputDefinition[],
  targets: readonly string[],
  secrets: SecretNames,
  problems: Diagnostic[],
): readonly ComputedValue[] {
  return readComputed(root, 'values', secrets, problems, (before) => {
    const { run: _, ...names } = namesBeforeSteps({ inputs, targets, values: before });
    return names;
  });
}

/**
 * Reads what a runbook gives back to one that runs it as a step. An output may use all names of the
 * steps, and is reported if it uses a secret.
 */
export function readOutputs(
  root: LocatedNode,
  names: Names,
  secrets: SecretNames,
  problems: Diagnostic[],
): readonly ComputedValue[] {
  return readComputed(root, 'outputs', secrets, problems, () => names);
}

function readComputed(
  root: LocatedNode,
  key: 'values' | 'outputs',
  secrets: SecretNames,
  problems: Diagnostic[],
  namesAfter: (before: Fields) => Names,
): readonly ComputedValue[] {
  const list = nodeAt(root, [key]);
  if (list?.kind !== 'mapping') return [];
  const values: ComputedValue[] = [];
  for (const [name, { value }] of list.entries) {
    if (value.kind !== 'scalar') continue;
    const names = namesAfter(typesOf(values));
    const expression = compileExpression(value.text, value.offsets, problems, { names });
    if (expression === undefined) continue;
    const secret = expression.names.find(({ path }) => isSecret(path, secrets));
    if (secret !== undefined) problems.push(refused(secret));
    values.push({ name, expression });
  }
  return values;
}

/** Returns the types of computed values, by name. */
export function typesOf(values: readonly ComputedValue[]): Fields {
  return Object.fromEntries(values.map(({ name, expression }) => [name, expression.type]));
}

function refused({ path, span }: NameUse): Diagnostic {
  const message = `${path.join('.')} is secret, and what is computed from it would be shown`;
  const hint = 'name the secret where it is needed: in env:, stdin: or headers:';
  return errorAt('secret-in-text', span, message, hint);
}
