import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { environmentError, usageError } from '#errors.ts';
import { withLibraries } from '#runbook/expand/bundle.ts';
import { libraryPath, type Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { sayBrokenConfigs } from '../config/broken.ts';
import { configuredFolders } from '../config/configuration.ts';
import { placedFolders, runbookName, runbooksIn } from './runbook-folders.ts';

/** A runbook file, with the name operators type. */
export type FoundRunbook = { readonly name: string; readonly file: string };

const EXTENSION = /\.ya?ml$/;

/**
 * Returns the folders searched for runbooks, in order of precedence; reports a broken config file.
 */
export function runbookFolders(given: readonly string[]): readonly string[] {
  sayBrokenConfigs();
  return placedFolders(given, configuredFolders()).map(({ folder }) => folder);
}

/** Returns every runbook; of two with one name, the first. */
export function findRunbooks(given: readonly string[]): readonly FoundRunbook[] {
  const found = new Map<string, FoundRunbook>();
  for (const folder of runbookFolders(given)) {
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
    if (!existsSync(wanted) || !statSync(wanted).isFile())
      throw usageError(`file not found: ${wanted}`);
    return { name: runbookName(wanted), file: resolve(wanted) };
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
  try {
    const source = {
      file: path.startsWith('..') ? basename(file) : path,
      text: readFileSync(file, 'utf8'),
    };
    return withLibraries(source, (name) => readBeside(file, name));
  } catch (error) {
    throw environmentError(`${file} cannot be read`, undefined, error);
  }
}

function readBeside(file: string, name: string): string | undefined {
  const path = libraryPath(resolve(file), name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
