import { environmentError } from '#errors.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import { describeReference, type Reference, readReference } from '../config/reference.ts';
import { keptValue, staysSecret, withSecretInputs } from './kept-value.ts';
import { type Resolved, resolveReference } from './resolve-reference.ts';

/** A runbook and the inputs that the command line gives it. */
export type GivenInputs = {
  /** Its inputs are secret if their values came from a secret source. */
  readonly runbook: Runbook;
  readonly given: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
};

/**
 * Resolves the values of `--input name=value`, which may be references as in a config file. Throws
 * an environment error for unavailable values.
 */
export async function givenInputs(
  runbook: Runbook,
  flags: Readonly<Record<string, string>>,
  hasTerminal: boolean,
): Promise<GivenInputs> {
  const given: Record<string, string> = {};
  const secret = new Set<string>();
  const warnings: string[] = [];
  for (const [name, written] of Object.entries(flags)) {
    const reference = readReference(written);
    const input = runbook.inputs.find((one) => one.name === name);
    if (input !== undefined && staysSecret(input, reference)) secret.add(name);
    if (reference.kind === 'text') given[name] = reference.text;
    else {
      const resolved = await resolveReference(reference, { folder: process.cwd(), hasTerminal });
      given[name] = readValue(name, reference, resolved, input?.type ?? 'text');
      if (resolved.ok && resolved.warning !== undefined) warnings.push(resolved.warning);
    }
  }
  return { runbook: withSecretInputs(runbook, secret), given, warnings };
}

function readValue(
  name: string,
  reference: Reference,
  resolved: Resolved,
  type: InputDefinition['type'],
): string {
  if (!resolved.ok)
    throw environmentError(
      `--input ${name} has no value: ${resolved.reason}`,
      resolved.hint ?? describeReference(reference),
    );
  const value = keptValue(resolved.text, type);
  if (value === undefined)
    throw environmentError(`--input ${name} has no value: its first line is empty`);
  return value;
}
