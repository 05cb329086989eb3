import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import { codeOf } from '#errors.ts';
import { baseFolder } from '#run/store/file/base-folder.ts';
import { packageFolder } from '../package-folder.ts';

/**
 * The origin of a folder: the command line, the working folder, a config file, a variable, or the
 * package.
 */
export type OriginName = '--dir' | 'here' | 'project' | 'RUNBOOK_PATH' | 'user' | 'shipped';

/** A folder searched for runbooks; absolute. */
export type RunbookFolder = {
  readonly origin: OriginName;
  readonly folder: string;
  /** A person named it, so it has to exist; others are searched by habit. */
  readonly isNamed: boolean;
};

/** The folders in config files. */
export type ConfiguredFolders = {
  readonly project: readonly string[];
  readonly user: readonly string[];
  /** Those that `runbook fetch` makes; searched for once they are there. */
  readonly git: readonly string[];
};

/** Returns the folders searched for runbooks, in order of precedence, each once. */
export function placedFolders(
  given: readonly string[],
  configured: ConfiguredFolders,
): readonly RunbookFolder[] {
  const path = process.env.RUNBOOK_PATH?.split(delimiter).filter((folder) => folder !== '') ?? [];
  const config = baseFolder(process.env.XDG_CONFIG_HOME, join(homedir(), '.config'));
  const { project, user, git } = configured;
  const folders: readonly (readonly [OriginName, readonly string[], 'named' | 'usual'])[] = [
    ['--dir', given, 'named'],
    ['here', ['./runbooks'], 'usual'],
    ['project', project, 'named'],
    ['RUNBOOK_PATH', path, 'named'],
    ['user', user, 'named'],
    ['user', [join(config, 'runbook', 'runbooks')], 'usual'],
    ['shipped', [join(packageFolder(), 'runbooks')], 'usual'],
  ];
  const first = new Map<string, RunbookFolder>();
  for (const [origin, paths, kind] of folders)
    for (const folder of paths.map((each) => resolve(each)))
      if (!first.has(folder))
        first.set(folder, { origin, folder, isNamed: kind === 'named' && !git.includes(folder) });
  return [...first.values()];
}

/** Returns what is wrong with the folders that a person named, e.g. `--dir: no folder /srv/rb`. */
export function folderProblems(folders: readonly RunbookFolder[]): readonly string[] {
  return folders.flatMap(({ origin, folder, isNamed }) => {
    if (!isNamed) return [];
    const source = ORIGINS[origin] ?? origin;
    try {
      readdirSync(folder);
      return [];
    } catch (error) {
      const reason = REASONS[String(codeOf(error))] ?? 'cannot be read';
      return [`${source}: the folder ${folder} ${reason}`];
    }
  });
}

const ORIGINS: { readonly [origin in OriginName]?: string } = {
  project: "the project's config file",
  user: 'your config file',
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a folder',
  EACCES: 'may not be read',
};

const EXTENSION = /\.ya?ml$/;
const TEST = /\.test\.ya?ml$/;

/** Returns the name of the runbook in a file. */
export function runbookName(file: string): string {
  return basename(file).replace(EXTENSION, '');
}

/** Returns whether a path has the name of a runbook file; tests of runbooks do not count. */
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
