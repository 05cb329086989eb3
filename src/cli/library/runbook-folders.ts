import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import { baseFolder } from '#run/store/file/base-folder.ts';
import { packageFolder } from '../package-folder.ts';

/**
 * The origin of a folder: the command line, the working folder, a config file, a variable, or the
 * package.
 */
export type OriginName = '--dir' | 'here' | 'project' | 'RUNBOOK_PATH' | 'user' | 'shipped';

/** A folder searched for runbooks; absolute. */
export type RunbookFolder = { readonly origin: OriginName; readonly folder: string };

/** The folders in config files. */
export type ConfiguredFolders = {
  readonly project: readonly string[];
  readonly user: readonly string[];
};

/** Returns the folders searched for runbooks, in order of precedence, each once. */
export function placedFolders(
  given: readonly string[],
  configured: ConfiguredFolders,
): readonly RunbookFolder[] {
  const path = process.env.RUNBOOK_PATH?.split(delimiter).filter((folder) => folder !== '') ?? [];
  const config = baseFolder(process.env.XDG_CONFIG_HOME, join(homedir(), '.config'));
  const { project, user } = configured;
  const folders: readonly (readonly [OriginName, readonly string[]])[] = [
    ['--dir', given],
    ['here', ['./runbooks']],
    ['project', project],
    ['RUNBOOK_PATH', path],
    ['user', [...user, join(config, 'runbook', 'runbooks')]],
    ['shipped', [join(packageFolder(), 'runbooks')]],
  ];
  const first = new Map<string, RunbookFolder>();
  for (const [origin, paths] of folders)
    for (const folder of paths.map((each) => resolve(each)))
      if (!first.has(folder)) first.set(folder, { origin, folder });
  return [...first.values()];
}

const EXTENSION = /\.ya?ml$/;
const TEST = /\.test\.ya?ml$/;

/** Returns the name of the runbook in a file. */
export function runbookName(file: string): string {
  return basename(file).replace(EXTENSION, '');
}

/** Tells whether a path has the name of a runbook file; tests of runbooks do not count. */
export function isRunbookFile(path: string): boolean {
  return EXTENSION.test(path) && !TEST.test(path);
}

/** Returns the runbook files directly in a folder; none if it cannot be read. */
export function runbooksIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(isRunbookFile)
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
