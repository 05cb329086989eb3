import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { usageError } from '#errors.ts';
import { withLibraries } from '#runbook/expand/bundle.ts';
import { libraryPath, type Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { sayBrokenConfigs } from '../config/broken.ts';
import { configuredFolders } from '../config/configuration.ts';
import { namedFile, readText } from './read-text.ts';
import { folderProblems, placedFolders, runbookName, runbooksIn } from './runbook-folders.ts';

/** A runbook file, with the name operators type. */
export type FoundRunbook = { readonly name: string; readonly file: string };

const EXTENSION = /\.ya?ml$/;

/**
 * Returns the folders searched for runbooks, in order of precedence; reports a broken config file.
 * Throws a usage error if one that a person named is missing: another runbook would run.
 */
export function runbookFolders(given: readonly string[]): readonly string[] {
  sayBrokenConfigs();
  const folders = placedFolders(given, configuredFolders());
  const [problem] = folderProblems(folders);
  if (problem !== undefined) throw usageError(problem);
  return folders.map(({ folder }) => folder);
}

/** Returns every runbook; of two with one name, the first. Throws as {@link runbookFolders} does. */
export function findRunbooks(given: readonly string[]): readonly FoundRunbook[] {
  return runbooksOf(runbookFolders(given));
}

/** Returns every runbook in folders; of two with one name, the first. */
export function runbooksOf(folders: readonly string[]): readonly FoundRunbook[] {
  const found = new Map<string, FoundRunbook>();
  for (const folder of folders) {
    for (const file of runbooksIn(folder)) {
      const name = runbookName(file);
      if (!found.has(name)) found.set(name, { name, file });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Returns the folders searched first for the runbooks that are steps of `wanted`: of a path, also the
 * folder of that file.
 */
export function foldersFor(wanted: string, given: readonly string[]): readonly string[] {
  return isPath(wanted) ? [...given, dirname(resolve(wanted))] : given;
}

function isPath(wanted: string): boolean {
  return EXTENSION.test(wanted) || wanted.includes('/');
}

/** Returns the runbook with a name or a path; throws a usage error with similar names. */
export function findRunbook(wanted: string, given: readonly string[]): FoundRunbook {
  if (isPath(wanted)) {
    runbookFolders(given);
    return { name: runbookName(wanted), file: namedFile(wanted) };
  }
  const all = findRunbooks(given);
  const found = all.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const hint = didYouMean(
    wanted,
    all.map(({ name }) => name),
  );
  throw usageError(`unknown runbook "${wanted}"`, hint ?? 'list the runbooks: runbook list');
}

/**
 * Reads a runbook's text with the library files that it uses, which are in `lib/` beside it; its name
 * for messages is the path relative to the working folder, or the file name alone.
 */
export function readSource(file: string): Source {
  const path = relative(process.cwd(), file);
  const source = { file: path.startsWith('..') ? basename(file) : path, text: readText(file) };
  return withLibraries(source, (name) => readBeside(file, name));
}

function readBeside(file: string, name: string): string | undefined {
  const path = libraryPath(resolve(file), name);
  return existsSync(path) ? readText(path) : undefined;
}
