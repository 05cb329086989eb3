import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '#errors.ts';
import type { GameDay } from '#lab/app/game-day.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { findRunbook, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';
import { runFile } from '../run/command.ts';

/** The runbook that a drill opens, with its inputs. */
export type OpenedRunbook = {
  readonly name: string;
  readonly file: string;
  readonly given: Readonly<Record<string, string>>;
  /** A shell file that sets the variables of the runbook's inputs. */
  readonly environmentFile: string;
};

/** The runbook of a blind drill. */
const FIRST_OF_ALL = 'triage';

/**
 * Finds the runbook for a drill; with `blind` the one to start with, which gets only the inputs it
 * declares.
 */
export async function openedRunbook(
  { fault }: GameDay,
  { blind }: { readonly blind: boolean },
): Promise<OpenedRunbook> {
  const { name, file } = findRunbook(blind ? FIRST_OF_ALL : fault.runbook, []);
  const { inputs } = await loadRunbook(readSource(file));
  const wanted: Readonly<Record<string, string>> = blind
    ? { ...fault.inputs, database_url: fault.appUrl() }
    : fault.inputs;
  const known = inputs.filter((input) => Object.hasOwn(wanted, input.name));
  const lines = known.flatMap(({ name: input, env }) =>
    env === undefined ? [] : [`export ${env}=${quoteShell(wanted[input] ?? '')}\n`],
  );
  const environmentFile = join(fault.keeper.folder, 'environment');
  await writeFile(environmentFile, lines.join(''), { mode: 0o600 });
  const given = Object.fromEntries(known.map((input) => [input.name, wanted[input.name] ?? '']));
  return { name, file, given, environmentFile };
}

/**
 * Runs a runbook where the fault of a drill has an effect: here, or in a modified environment, e.g.
 * with another name server, in a process that has this terminal. Returns the exit code of the run.
 */
export async function runWhereItIsFelt(
  { name, file, given }: OpenedRunbook,
  options: { readonly plain: boolean; readonly surroundings: readonly string[] | undefined },
): Promise<number> {
  const { plain, surroundings = [] } = options;
  if (surroundings.length === 0) return await runFile(file, { given, plain, auto: false });
  const variables = Object.entries(given).map(
    ([input, value]) => [`RUNBOOK_DRILL_${input.toUpperCase()}`, input, value] as const,
  );
  const [program = process.execPath, ...args] = [
    ...surroundings,
    ...[process.execPath, process.argv[1] ?? '', 'run', name],
    ...variables.flatMap(([variable, input]) => ['--input', `${input}=env:${variable}`]),
    ...(plain ? ['--plain'] : []),
  ];
  const env = Object.fromEntries(variables.map(([variable, , value]) => [variable, value]));
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A Ctrl-C at the terminal reaches both processes; the run handles it.
  const passOn = (signal: NodeJS.Signals) => void (signal === 'SIGINT' || child.kill(signal));
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : EXIT.aborted;
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
