import { environmentError } from '#errors.ts';
import type { RunEnvironment } from '#run/options.ts';
import type { ChildTexts } from '#run/values/child-inputs.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import { findEnvironment, readConfiguration } from '../config/configuration.ts';
import { describeReference, type Reference, readReference } from '../config/reference.ts';
import { ConfiguredValues } from './configured-values.ts';
import { keptValue, staysSecret, withSecretInputs } from './kept-value.ts';
import { prepareTree } from './prepare-children.ts';
import { refuseIncomplete } from './prepare-run.ts';
import { type Resolved, resolveReference } from './resolve-reference.ts';

/** A runbook with its inputs and its environment. */
export type EnteredEnvironment = {
  readonly runbook: Runbook;
  /** Texts of inputs by name. */
  readonly given: Readonly<Record<string, string>>;
  /** Undefined if no environment was named. */
  readonly environment: RunEnvironment | undefined;
  /** Input texts of the runbooks that run as steps. */
  readonly children: ChildTexts;
};

/** The options of entering an environment. */
export type EnterOptions = {
  /** The environment's name; without one, only `flags` count. */
  readonly name: string | undefined;
  /** Inputs from the command line, by name. They override the environment. */
  readonly flags: Readonly<Record<string, string>>;
  /** Commands that fetch secrets may prompt on the terminal. */
  readonly hasTerminal: boolean;
  /** Called with warnings for the person who starts the run. */
  readonly warn: (text: string) => void;
};

/**
 * Resolves the initial values of a run from the command line and an environment. Throws a usage
 * error if the environment does not exist, and an environment error for unavailable values.
 */
export async function enterEnvironment(
  runbook: Runbook,
  { name, flags, hasTerminal, warn }: EnterOptions,
): Promise<EnteredEnvironment> {
  const configuration = name === undefined ? undefined : readConfiguration();
  const environment = configuration && findEnvironment(configuration, name ?? '');
  const own = await givenInputs(runbook, flags, hasTerminal);
  own.warnings.forEach(warn);
  if (configuration === undefined || environment === undefined)
    return { runbook: own.runbook, given: own.given, environment: undefined, children: new Map() };
  const values = new ConfiguredValues(configuration, { hasTerminal });
  const prepared = await prepareTree(own.runbook, environment, values, own.given);
  prepared.warnings.forEach(warn);
  refuseIncomplete(prepared, environment.name);
  const { given, secrets, children } = prepared;
  const entered = { name: environment.name, secrets };
  return { runbook: prepared.runbook, given, children, environment: entered };
}

/** A runbook and the inputs that the command line gives it. */
type GivenInputs = {
  /** Its inputs are secret if their values came from a secret source. */
  readonly runbook: Runbook;
  readonly given: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
};

/**
 * Resolves the values of `--input name=value`, which may be references as in a config file. Throws
 * an environment error for unavailable values.
 */
async function givenInputs(
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
