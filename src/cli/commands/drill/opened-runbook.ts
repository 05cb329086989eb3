import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GameDay } from '#lab/app/game-day.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { findRunbook, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';

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
