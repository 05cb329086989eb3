import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '#errors.ts';
import { BLIND_THRESHOLDS, type GameDay } from '#lab/app/game-day.ts';
import { ownCommand } from '#lab/programs/own-process.ts';
import type { Logins } from '#lab/setup/lab.ts';
import { type ChildTexts, openInputs } from '#run/values/child-inputs.ts';
import { hostOf } from '#run/values/host-of.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { findRunbook, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';
import { PRACTICE, PRACTICE_HOSTS } from '../../surroundings.ts';
import { knownError } from '../match/known-error.ts';
import { runFile } from '../run/command.ts';

/** The runbook that a drill opens, with its inputs. */
export type OpenedRunbook = {
  readonly name: string;
  readonly file: string;
  /** The folder of the drill. */
  readonly folder: string;
  readonly given: Readonly<Record<string, string>>;
  /** The inputs of the runbooks it may open. */
  readonly children: ChildTexts;
  /** The variables of its environment. Undefined: unset, as it would lead out of the drill. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The command that sets these variables in a shell where the fault has an effect. */
  readonly shellLine: string;
};

/** The runbook of a blind drill. */
const FIRST_OF_ALL = 'triage';

/**
 * Finds the runbook for a drill; with `blind` the one to start with, which gets nothing of the fault
 * but the application's error, the `complaint`, as `runbook triage --error` passes it on.
 */
export async function openedRunbook(
  { fault, scriptFolder }: GameDay,
  { blind, complaint }: { readonly blind: boolean; readonly complaint: string },
): Promise<OpenedRunbook> {
  const { name, file } = findRunbook(blind ? FIRST_OF_ALL : fault.runbook, []);
  const runbook = await loadRunbook(readSource(file));
  const url = blind ? fault.appUrl() : (fault.inputs.database_url ?? fault.appUrl());
  const wanted: Readonly<Record<string, string>> = blind
    ? { ...BLIND_THRESHOLDS, database_url: url, ...(await knownError(complaint, [])).inputs }
    : fault.inputs;
  const logins = { DATABASE_URL: url, ...fault.logins };
  const { folder } = fault.keeper;
  const urls = [...Object.values(logins), ...Object.values(fault.inputs), fault.appUrl()];
  await writeFile(join(folder, PRACTICE_HOSTS), JSON.stringify(urls.map(hostOf)), { mode: 0o600 });
  const environmentFile = join(folder, 'environment');
  const lines = Object.entries({ ...logins, [PRACTICE]: folder }).map(
    ([variable, value]) => `export ${variable}=${quoteShell(value)}\n`,
  );
  await writeFile(environmentFile, lines.join(''), { mode: 0o600 });
  return {
    name,
    file,
    folder,
    shellLine: await shellLineFor(environmentFile, scriptFolder, { ...fault, blind }),
    given: declared(runbook, wanted),
    children: new Map(
      openInputs(runbook).map(({ runbook: child }) => [
        child.name,
        withoutUrls(declared(child, fault.inputs)),
      ]),
    ),
    variables: drillVariables(runbook, logins),
  };
}

/** Writes a script if the fault has an effect in modified surroundings only, or is hidden. */
async function shellLineFor(
  environmentFile: string,
  folder: string,
  {
    surroundings = [],
    blind,
  }: { readonly surroundings?: readonly string[]; readonly blind: boolean },
): Promise<string> {
  const read = `. ${quoteShell(environmentFile)}`;
  if (surroundings.length === 0 && !blind) return read;
  const file = join(folder, 'shell');
  const command = [...surroundings, 'sh', '-c', `${read}; exec sh`].map(quoteShell).join(' ');
  await writeFile(file, `#!/bin/sh\n# Open a shell with your logins\nexec ${command}\n`, {
    mode: 0o700,
  });
  return quoteShell(file);
}

function declared(
  { inputs }: Runbook,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = inputs.filter(({ name }) => Object.hasOwn(texts, name));
  return Object.fromEntries(known.map(({ name }) => [name, texts[name] ?? '']));
}

function withoutUrls(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !name.endsWith('_url')));
}

/** Every variable that the runbook and its children read: the shell may hold those of real systems. */
function drillVariables(
  runbook: Runbook,
  logins: Logins,
): Readonly<Record<string, string | undefined>> {
  const inputs = [runbook.inputs, ...openInputs(runbook).map((child) => child.inputs)].flat();
  const read = inputs.flatMap(({ env }) => (env === undefined ? [] : [env]));
  return Object.fromEntries([...read, ...Object.keys(logins)].map((name) => [name, logins[name]]));
}

/** The exit code of a run, and the process that it started in. */
export type PractisedRun = { readonly code: number; readonly pid: number | undefined };

/**
 * Runs a runbook where the fault of a drill has an effect: here, or in a modified environment, e.g.
 * with another name server, in a process that has this terminal.
 */
export async function runWhereItIsFelt(
  { name, file, folder, given, children, variables }: OpenedRunbook,
  options: { readonly plain: boolean; readonly surroundings: readonly string[] | undefined },
): Promise<PractisedRun> {
  const { plain, surroundings = [] } = options;
  for (const [variable, value] of Object.entries(variables))
    if (value === undefined) delete process.env[variable];
    else process.env[variable] = value;
  process.env[PRACTICE] = folder;
  if (surroundings.length === 0) {
    const code = await runFile(file, { given, children, plain });
    return { code, pid: process.pid };
  }
  const passed = Object.entries(given).map(
    ([input, value]) => [`RUNBOOK_DRILL_${input.toUpperCase()}`, input, value] as const,
  );
  const [program = '', ...args] = [
    ...surroundings,
    ...ownCommand('run', name),
    ...passed.flatMap(([variable, input]) => ['--input', `${input}=env:${variable}`]),
    ...(plain ? ['--plain'] : []),
  ];
  const env = Object.fromEntries(passed.map(([variable, , value]) => [variable, value]));
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A Ctrl-C at the terminal reaches both processes; the run handles it.
  const passOn = (signal: NodeJS.Signals) => void (signal === 'SIGINT' || child.kill(signal));
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code] = await once(child, 'exit');
    return { code: typeof code === 'number' ? code : EXIT.aborted, pid: child.pid };
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
