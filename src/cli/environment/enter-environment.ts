import type { RunEnvironment } from '#run/options.ts';
import type { ChildTexts } from '#run/values/child-inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { findEnvironment, readConfiguration } from '../config/configuration.ts';
import { ConfiguredValues } from './configured-values.ts';
import { givenInputs } from './given-inputs.ts';
import { prepareTree } from './prepare-children.ts';
import { refuseIncomplete } from './prepare-run.ts';

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
