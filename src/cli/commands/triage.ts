import type { CommandLine } from '../command-spec.ts';
import { findRunbook } from '../library/find-runbook.ts';
import { say } from '../say.ts';
import type { triage as spec } from '../specs/incident.ts';
import { type KnownError, knownError, knownLog } from './match/known-error.ts';
import { runFile, runOptions } from './run/command.ts';

/** `runbook triage`: runs the runbook `triage` with an error, or that of a log, and its category. */
export async function triage({ options }: CommandLine<typeof spec>): Promise<number> {
  const { error, log, dir } = options;
  const started = runOptions(options);
  const known = await read({ error, log, dirs: dir });
  if (known !== undefined) say(known.meaning);
  return await runFile(findRunbook('triage', dir).file, {
    ...started,
    given: { ...known?.inputs, ...started.given },
  });
}

async function read(given: {
  readonly error: string | undefined;
  readonly log: string | undefined;
  readonly dirs: readonly string[];
}): Promise<KnownError | undefined> {
  const { error, log, dirs } = given;
  if (log !== undefined) return await knownLog(log, error, dirs);
  return error === undefined ? undefined : await knownError(error, dirs);
}
