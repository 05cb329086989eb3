import { EXIT, RunbookError, usageError } from '#errors.ts';
import { startRun } from '#run/start.ts';
import type { ChildTexts } from '#run/values/child-inputs.ts';
import { missingInputs } from '#run/values/inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { completeChildren, withTexts } from '../../ask-child-inputs.ts';
import { askInputs, withVariable } from '../../ask-inputs.ts';
import { readInputs } from '../../command-line.ts';
import type { CommandLine } from '../../command-spec.ts';
import { readConfiguration } from '../../config/configuration.ts';
import { enterEnvironment } from '../../environment/enter.ts';
import { lastRunText } from '../../last-run.ts';
import { loadEffectParsers } from '../../library/effect-parsers.ts';
import { findRunbook, foldersFor, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';
import {
  choosePresentation,
  type Presentation,
  prepareToPresent,
  presentRun,
} from '../../present-run.ts';
import type { run as spec } from '../../specs/incident.ts';
import { storeHere, surroundingsHere } from '../../surroundings.ts';
import { committed } from './commit.ts';
import { repeatedOptions } from './repeated.ts';

/** `runbook run`: runs a runbook and returns the exit code of the run. */
export async function run(line: CommandLine<typeof spec>): Promise<number> {
  const { argument, options } = line;
  if (options.on !== undefined)
    return await (await import('../../remote/start.ts')).startOn(options.on, line);
  if (options.detach) throw usageError('--detach needs --on', 'a run on a server: --on SERVER');
  const dir = foldersFor(argument, options.dir);
  return await runFile(findRunbook(argument, options.dir).file, runOptions({ ...options, dir }));
}

/** Converts the options of a command that starts a run. */
export function runOptions(
  options: Omit<CommandLine<typeof spec>['options'], 'on' | 'detach'>,
): RunOptions {
  return {
    environment: options.env,
    given: readInputs(options.input),
    plain: options.plain,
    auto: options.auto,
    stepwise: options.step,
    dryRun: options['dry-run'],
    dirs: options.dir,
  };
}

/** The options of running a runbook. */
export type RunOptions = {
  /** The name of an environment of a config file. */
  readonly environment?: string | undefined;
  /** The texts of inputs, by name. */
  readonly given: Readonly<Record<string, string>>;
  /** The texts of inputs of the runbooks that run as steps. */
  readonly children?: ChildTexts | undefined;
  readonly plain: boolean;
  /** Starts at once, without the opening page. */
  readonly auto?: boolean | undefined;
  /** Every step waits for the operator. */
  readonly stepwise?: boolean | undefined;
  /** Runs reads, and only shows changes. */
  readonly dryRun?: boolean | undefined;
  /** Folders searched first for other runbooks. */
  readonly dirs?: readonly string[] | undefined;
};

/** Runs the runbook in a file and returns the exit code of the run. */
export async function runFile(file: string, options: RunOptions): Promise<number> {
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
  const childrenGiven = withTexts(entered.children, options.children ?? new Map());
  const children = await completeChildren(runbook, childrenGiven, presentation);
  const open = await startRun(runbook, {
    store: storeHere(),
    surroundings,
    source,
    ...committed(file, source.text),
    given,
    children,
    environment,
    repeated: repeatedOptions(options),
    loadParsers: loadEffectParsers,
    attended: presentation !== 'lines',
    auto: options.auto === true || presentation === 'lines',
    stepwise: options.stepwise === true && options.auto !== true,
    mode: options.dryRun === true ? 'dry-run' : 'live',
  });
  const { targets } = open.session.view();
  const readLastRun = () =>
    lastRunText(storeHere(), { runbook: runbook.name, targets }, Date.now());
  return await presentRun(open, presentation, readLastRun);
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
  throw new RunbookError(`missing input: ${missing.map(withVariable).join(', ')}`, {
    code: 'missing-input',
    exitCode: EXIT.invalid,
    hint: `${exported}pass --input ${missing[0]?.name}=…${hint}`,
  });
}
