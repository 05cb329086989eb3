import { EXIT, RunbookError } from '#errors.ts';
import { startRun } from '#run/start.ts';
import { missingInputs } from '#run/values/inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { onlyArgument, readArguments, readInputs } from '../arguments.ts';
import { completeChildren } from '../ask-child-inputs.ts';
import { askInputs, withVariable } from '../ask-inputs.ts';
import type { Command } from '../commands.ts';
import { readConfiguration } from '../config/configuration.ts';
import { enterEnvironment } from '../environment/enter-environment.ts';
import { loadEffectParsers } from '../library/effect-parsers.ts';
import { findRunbook, readSource } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';
import {
  choosePresentation,
  type Presentation,
  prepareToPresent,
  presentRun,
} from '../present-run.ts';
import { storeHere, surroundingsHere } from '../surroundings.ts';
import { committed } from './checked-out-commit.ts';

const help = `Usage: runbook run NAME [--env ENVIRONMENT] [--input name=value …] [--plain] [--auto]
                   [--dry-run] [--dir FOLDER]

Runs a runbook, given by its name or by a path. Inputs come from --input, else from the environment
of a config file, else from the variable the runbook names, else from their default; what is missing
is asked for. A command line can be seen by others: --input database_url=file:PATH, env:NAME or
command:… says where a secret is kept.

      --env ENVIRONMENT    take inputs and targets from this environment of a config file
  -i, --input name=value   an input; any number of times
      --plain              lines and prompts instead of the screen
      --auto               let read-only steps run by themselves from the start
      --dry-run            run what only reads; show every change in full, and run none
      --dir FOLDER         look for runbooks here first; any number of times

Without a terminal nothing is ever confirmed: reads run by themselves, and where an operator is
needed the run is paused; resume it with runbook resume.

Exit codes: 0 resolved, 1 unresolved, 2 not valid, 3 aborted, 4 an operator is needed,
5 environment error, 6 escalated, 7 paused by the operator.`;

/** `runbook run`. */
export const runCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    env: { type: 'string' },
    input: { type: 'string', short: 'i', multiple: true },
    plain: { type: 'boolean', default: false },
    auto: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const name = onlyArgument(positionals, 'runbook');
  return await runFile(findRunbook(name, values.dir ?? []).file, {
    environment: values.env,
    given: readInputs(values.input),
    plain: values.plain,
    auto: values.auto,
    dryRun: values['dry-run'],
    dirs: values.dir,
  });
}

/** Runs the runbook in a file and returns the exit code of the run. */
export async function runFile(
  file: string,
  options: {
    /** The name of an environment of a config file. */
    readonly environment?: string | undefined;
    /** What the command line says of inputs. */
    readonly given: Readonly<Record<string, string>>;
    readonly plain: boolean;
    readonly auto: boolean;
    /** Reads run, and changes are only shown. */
    readonly dryRun?: boolean | undefined;
    /** Where other runbooks are looked for first. */
    readonly dirs?: readonly string[] | undefined;
  },
): Promise<number> {
  const source = readSource(file);
  const presentation = choosePresentation(options);
  prepareToPresent(presentation);
  const entered = await enterEnvironment(await loadRunbook(source, options.dirs), {
    name: options.environment,
    flags: options.given,
    hasTerminal: presentation !== 'lines',
    warn: (text) => process.stderr.write(`runbook: ${text}\n`),
  });
  const { runbook, environment } = entered;
  const surroundings = surroundingsHere();
  const given = await completeInputs(runbook, entered.given, presentation);
  const children = await completeChildren(runbook, entered.children, presentation);
  const open = await startRun(runbook, {
    store: storeHere(),
    surroundings,
    source,
    ...committed(file, source.text),
    given,
    children,
    environment,
    loadParsers: loadEffectParsers,
    attended: presentation !== 'lines',
    auto: options.auto || presentation === 'lines',
    mode: options.dryRun === true ? 'dry-run' : 'live',
  });
  return await presentRun(open, presentation);
}

async function completeInputs(
  runbook: Runbook,
  given: Readonly<Record<string, string>>,
  presentation: Presentation,
): Promise<Readonly<Record<string, string>>> {
  const missing = missingInputs(runbook.inputs, { given, env: process.env });
  if (missing.length === 0) return given;
  if (presentation !== 'lines') return { ...given, ...(await askInputs(missing)) };
  const variable = missing.find(({ env }) => env !== undefined)?.env;
  const exported = variable === undefined ? '' : `export ${variable}=…, or `;
  const environments = [...readConfiguration().environments.keys()];
  const hint = environments.length === 0 ? '' : `, or --env ${environments.join(' or ')}`;
  throw new RunbookError(`the runbook needs ${missing.map(withVariable).join(', ')}`, {
    code: 'missing-input',
    exitCode: EXIT.invalid,
    hint: `${exported}give it with --input ${missing[0]?.name}=…${hint}`,
  });
}
