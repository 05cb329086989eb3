import { existsSync, globSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { environmentError, usageError } from '#errors.ts';
import { findRunbook, findRunbooks } from '../../library/find-runbook.ts';

/** A runbook and the file of its cases. */
export type TestFile = { readonly name: string; readonly runbook: string; readonly tests: string };

/** The files to test. */
export type FoundTests = {
  readonly files: readonly TestFile[];
  /** The names of runbooks without cases. */
  readonly untested: readonly string[];
};

const EXTENSION = /\.ya?ml$/;
const TEST = /\.test\.ya?ml$/;

/**
 * Returns the runbooks selected by name, path or glob (of a runbook or of its cases), or all of
 * them. Throws a usage error for one that does not exist, and for a named runbook without cases.
 */
export function findTests(wanted: readonly string[], dirs: readonly string[]): FoundTests {
  const runbooks =
    wanted.length === 0
      ? findRunbooks(dirs).map(({ file }) => file)
      : wanted.flatMap((one) => runbooksOf(one, dirs));
  const unique = [...new Set(runbooks)];
  const files = unique.flatMap((runbook): TestFile[] => {
    const tests = testsOf(runbook);
    return tests === undefined ? [] : [{ name: nameOf(runbook), runbook, tests }];
  });
  const untested = unique.filter((file) => testsOf(file) === undefined).map(nameOf);
  if (
    files.length === 0 ||
    (wanted.length > 0 && wanted.every((one) => !isGlob(one)) && untested[0])
  )
    throw usageError(
      untested[0] === undefined || wanted.length === 0
        ? 'no test cases found'
        : `${untested[0]} has no cases`,
      `write cases to ${untested[0] ?? 'NAME'}.test.yaml beside the runbook, or record one: runbook test --from-run RUN`,
    );
  return { files, untested };
}

/** Returns the location of a runbook's cases, whether or not they exist. */
export function testFileOf(runbook: string): string {
  return testsOf(runbook) ?? `${runbook.replace(EXTENSION, '')}.test.yaml`;
}

function testsOf(runbook: string): string | undefined {
  const base = runbook.replace(EXTENSION, '');
  return [`${base}.test.yaml`, `${base}.test.yml`].find((file) => existsSync(file));
}

function runbooksOf(wanted: string, dirs: readonly string[]): readonly string[] {
  if (isGlob(wanted)) {
    const found = globSync(wanted).filter((file) => EXTENSION.test(file));
    if (found.length === 0) throw usageError(`no file matches ${wanted}`);
    return found.map((file) => runbookOf(resolve(file)));
  }
  if (existsSync(wanted) && statSync(wanted).isDirectory())
    return runbooksOf(join(wanted, '*.test.y*ml'), dirs);
  if (TEST.test(wanted)) return [runbookOf(resolve(wanted))];
  return [findRunbook(wanted, dirs).file];
}

function isGlob(text: string): boolean {
  return /[*?[{]/.test(text) && !existsSync(text);
}

/** Returns the runbook of a file: the file itself, or the one whose cases it contains. */
function runbookOf(file: string): string {
  if (!TEST.test(file)) return file;
  const base = file.replace(TEST, '');
  const found = [`${base}.yaml`, `${base}.yml`].find((one) => existsSync(one));
  if (found === undefined)
    throw usageError(
      `no runbook beside ${basename(file)}`,
      `expected ${basename(base)}.yaml in ${dirname(file)}`,
    );
  return found;
}

function nameOf(file: string): string {
  return basename(file).replace(EXTENSION, '');
}

/** Writes a file; throws an environment error that names it. */
export function writeResult(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw environmentError(`${file} cannot be written`, undefined, error);
  }
}
