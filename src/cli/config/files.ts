import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { messageOf } from '#errors.ts';
import { baseFolder } from '#run/store/file/base-folder.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { readText } from '../library/read-text.ts';

/** A config file that was found and read. */
export type ConfigFile = {
  /**
   * A project's file comes with a repository and may be written by anyone; the user's is the
   * operator's own.
   */
  readonly kind: 'project' | 'user';
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** Its text, and its name for messages. */
  readonly source: Source;
  /** The permission bits. */
  readonly mode: number;
};

/** A config file, or why an existing one cannot be used. */
export type FoundConfig =
  | { readonly file: ConfigFile }
  | { readonly path: string; readonly refused: string; readonly hint: string };

/** The name of a project's config file. */
export const PROJECT_FILE = 'runbook.config.yaml';

/** The size limit of a config file, in bytes. */
export const LARGEST_FILE = 256 * 1024;

/** Returns the path of the user's config file, which may not exist. */
export function userConfigPath(): string {
  const config = baseFolder(process.env.XDG_CONFIG_HOME, join(homedir(), '.config'));
  return join(config, 'runbook', 'config.yaml');
}

/** Returns the existing config files: the project's, which takes precedence, then the user's. */
export function findConfigFiles(): readonly FoundConfig[] {
  const project = projectConfigPath(process.cwd(), homedir());
  const user = userConfigPath();
  return [
    ...(project === undefined ? [] : [readConfigFile('project', project)]),
    ...(existsSync(user) ? [readConfigFile('user', user)] : []),
  ];
}

/**
 * Returns a path with `~` for the home folder, or relative to the working folder if that is
 * shorter.
 */
export function shownPath(path: string): string {
  const here = relative(process.cwd(), path);
  if (here !== '' && !here.startsWith('..')) return here;
  const home = homedir();
  if (path === home) return '~';
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** Resolves a path in a config file: `~` is the home folder. */
export function resolvePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return resolve(folder, path);
}

/**
 * Searches the working folder and its parents, up to the root of the repository or the home folder;
 * outside of both only the working folder, since others may control its parents.
 */
function projectConfigPath(start: string, home: string): string | undefined {
  const above: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    above.push(folder);
    const isEnd = existsSync(join(folder, '.git')) || folder === home;
    if (isEnd) return firstIn(above);
    if (dirname(folder) === folder) return firstIn([start]);
  }
}

function firstIn(folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, PROJECT_FILE)).find((path) => existsSync(path));
}

function readConfigFile(kind: ConfigFile['kind'], path: string): FoundConfig {
  try {
    const stats = statSync(path);
    const others = writableByOthers(kind, stats);
    if (others !== undefined) return { path, ...others };
    const source = { file: shownPath(path), text: readText(path, LARGEST_FILE) };
    return { file: { kind, path: realpathSync(path), source, mode: stats.mode & 0o777 } };
  } catch (error) {
    return {
      path,
      refused: `cannot be read: ${messageOf(error)}`,
      hint: 'make it readable, or move it',
    };
  }
}

/** A file that others can write is rejected. A project's commands are trusted separately. */
function writableByOthers(
  kind: ConfigFile['kind'],
  { uid, mode }: Stats,
): { readonly refused: string; readonly hint: string } | undefined {
  const own = process.getuid?.();
  if (own !== undefined && uid !== own && uid !== 0)
    return { refused: 'belongs to another user', hint: 'change its owner: chown' };
  if (kind === 'user' && (mode & 0o002) !== 0)
    return { refused: 'is writable by all users', hint: 'chmod o-w removes the permission' };
  return undefined;
}
