import { existsSync, globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '#errors.ts';
import { findRunbook, findRunbooks, runbookFolders } from '../../library/find-runbook.ts';
import { namedFile } from '../../library/read-text.ts';
import { isRunbookFile, runbooksIn } from '../../library/runbook-folders.ts';

/** The argument for standard input. */
export const STDIN = '-';

const GLOB = /[*?{}[\]]/;

/**
 * Expands names, paths, folders and globs to files, each once and absolute, with `-` unchanged; all
 * runbooks if none is given. Throws a usage error if one of them matches nothing.
 */
export function filesToValidate(
  wanted: readonly string[],
  dirs: readonly string[],
): readonly string[] {
  runbookFolders(dirs);
  const files =
    wanted.length === 0
      ? findRunbooks(dirs).map(({ file }) => file)
      : wanted.flatMap((one) => filesOf(one, dirs));
  return [...new Set(files)];
}

function filesOf(wanted: string, dirs: readonly string[]): readonly string[] {
  if (wanted === STDIN) return [STDIN];
  const found = existsSync(wanted) ? statSync(wanted) : undefined;
  if (found !== undefined && !found.isDirectory()) return [namedFile(wanted)];
  const isName = !wanted.includes('/') && findRunbooks(dirs).some(({ name }) => name === wanted);
  if (found?.isDirectory() && !isName) return filesInFolder(wanted);
  if (found === undefined && GLOB.test(wanted)) return filesOfGlob(wanted);
  return [findRunbook(wanted, dirs).file];
}

function filesInFolder(folder: string): readonly string[] {
  const files = runbooksIn(folder).map((file) => resolve(file));
  if (files.length > 0) return files;
  const deeper = `${folder.replace(/\/$/, '')}/**/*.yaml`;
  throw usageError(
    `no runbooks in the folder ${folder}`,
    `to include its subfolders: runbook validate '${deeper}'`,
  );
}

function filesOfGlob(glob: string): readonly string[] {
  const files = globSync(glob)
    .filter((path) => isRunbookFile(path) && statSync(path, { throwIfNoEntry: false })?.isFile())
    .toSorted();
  if (files.length === 0) throw usageError(`no runbook matches ${glob}`);
  return files.map((file) => resolve(file));
}
