import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { EXIT, invalidRunbookError, RunbookError, usageError } from '#errors.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { colouredDiagnostics } from '#report/diagnostics/coloured.ts';
import { type LocatedDiagnostic, locate } from '#report/diagnostics/located.ts';
import {
  DIAGNOSTIC_CODES,
  type Diagnostic,
  formatDiagnostics,
  type Parsed,
} from '#runbook/diagnostic.ts';
import { checkLibrary, isLibrarySource } from '#runbook/expand/check-library.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { counted } from '#text/count.ts';
import type { CommandLine } from '../../command-spec.ts';
import { sayBrokenConfigs } from '../../config/broken.ts';
import {
  findRunbook,
  findRunbooks,
  foldersFor,
  readSource,
  runbookFolders,
} from '../../library/find-runbook.ts';
import { checkRunbook, RunbookChecker } from '../../library/load-runbook.ts';
import { namedFile } from '../../library/read-text.ts';
import { isRunbookFile, runbooksIn } from '../../library/runbook-folders.ts';
import { packageFolder } from '../../package-folder.ts';
import { pathFromHere, uriFromHere } from '../../path-from-here.ts';
import type { validate as spec } from '../../specs/runbooks.ts';
import { VERSION } from '../../version.ts';

type Checked = {
  readonly source: Source;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
};

/** `runbook validate`: prints the problems of runbooks and test files. */
export async function validate({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (options.json && options.sarif) throw usageError('--json and --sarif exclude each other');
  const files = filesToValidate(argument, options.dir);
  // Without the folders of broken config files, the list of runbooks is incomplete.
  const isIncomplete = argument.length === 0 && sayBrokenConfigs();
  const checked: Checked[] = [];
  const checkers = new Map<string, RunbookChecker>();
  const checkerFor = (file: string): RunbookChecker => {
    const dirs = file === STDIN ? options.dir : foldersFor(file, options.dir);
    const key = dirs.join('\n');
    const checker = checkers.get(key) ?? new RunbookChecker(dirs);
    checkers.set(key, checker);
    return checker;
  };
  const unread: RunbookError[] = [];
  for (const file of files) {
    const source = await sourceOf(file, options['stdin-name']);
    if (source instanceof RunbookError) unread.push(source);
    else checked.push(await check(source, options.strict, options.dir, checkerFor(file)));
  }
  const form = options.json ? jsonOf : options.sarif ? await sarifForm() : textOf;
  const text = form(checked);
  if (text !== '') process.stdout.write(`${text}\n`);
  if (unread.some(({ exitCode }) => exitCode === EXIT.environment)) return EXIT.environment;
  return isIncomplete || unread.length > 0 ? EXIT.invalid : exitCodeOf(checked);
}

function exitCodeOf(checked: readonly Checked[]): number {
  return checked.every(({ ok }) => ok) ? EXIT.ok : EXIT.invalid;
}

/** Reports an unreadable file on standard error, so that the others are still checked. */
async function sourceOf(file: string, stdinName: string): Promise<Source | RunbookError> {
  try {
    if (file === STDIN) return { file: stdinName, text: await readAll(process.stdin) };
    return { ...readSource(file), file: pathFromHere(file) };
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    process.stderr.write(`runbook: ${error.message}\n`);
    return error;
  }
}

async function check(
  source: Source,
  isStrict: boolean,
  dirs: readonly string[],
  checker: RunbookChecker,
): Promise<Checked> {
  const diagnostics = isCasesFile(source.file)
    ? await checkCases(source, dirs)
    : isLibrarySource(source)
      ? checkLibrary(source)
      : problemsOf(await checker.check(source));
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  return { source, ok: !isBroken && (!isStrict || diagnostics.length === 0), diagnostics };
}

function problemsOf(parsed: Parsed<Runbook>): readonly Diagnostic[] {
  return parsed.ok ? parsed.warnings : parsed.diagnostics;
}

function textOf(checked: readonly Checked[]): string {
  const { stdout } = process;
  const inColour = stdout.isTTY && stdout.hasColors();
  const texts = checked.map(({ source, ok, diagnostics }) => {
    const problems = formatDiagnostics(source, diagnostics);
    const shown = inColour ? colouredDiagnostics(problems) : problems;
    const verdict = `${source.file}: ${ok ? 'valid' : 'invalid'}${countOf(diagnostics)}`;
    return diagnostics.length === 0 ? verdict : `${shown}\n\n${verdict}`;
  });
  const broken = checked.filter(({ ok }) => !ok).length;
  const sum = `${checked.length} runbooks, ${broken === 0 ? 'all valid' : `${broken} invalid`}`;
  return [...texts, ...(checked.length > 1 ? ['', sum] : [])].join('\n');
}

function countOf(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`;
}

function jsonOf(checked: readonly Checked[]): string {
  const files = checked.map(({ source, ok, diagnostics }) => ({
    file: source.file,
    ok,
    diagnostics: locate(source, diagnostics),
  }));
  return JSON.stringify({ files }, null, 2);
}

async function sarifForm(): Promise<(checked: readonly Checked[]) => string> {
  const { sarifLog } = await import('#report/diagnostics/sarif.ts');
  const help = diagnosticHelp();
  const rules = DIAGNOSTIC_CODES.map((code) => ({ code, help: help.get(code) ?? '' }));
  return (checked) => {
    const located = new Map<string, readonly LocatedDiagnostic[]>();
    for (const { source, diagnostics } of checked) {
      const all = locate(source, diagnostics);
      for (const file of [source.file, ...all.map((one) => one.file)])
        located.set(file, [
          ...(located.get(file) ?? []),
          ...all.filter((one) => one.file === file),
        ]);
    }
    const files = [...located].map(([file, diagnostics]) => ({
      uri: uriFromHere(file),
      diagnostics: unique(diagnostics),
    }));
    return sarifLog(files, rules, VERSION);
  };
}

/** A problem in a library file is found in every runbook that uses it. */
function unique(located: readonly LocatedDiagnostic[]): readonly LocatedDiagnostic[] {
  return [...new Map(located.map((one) => [JSON.stringify(one), one])).values()];
}

const CASES = /\.test\.ya?ml$/;

/** Tells whether a file contains the cases of a runbook. */
export function isCasesFile(file: string): boolean {
  return CASES.test(file);
}

/**
 * Checks the cases of a runbook against the runbook beside them; returns their problems. Throws if
 * there is no such runbook, or it is invalid.
 */
export async function checkCases(
  source: Source,
  dirs: readonly string[],
): Promise<readonly Diagnostic[]> {
  const base = source.file.replace(CASES, '');
  const file = [`${base}.yaml`, `${base}.yml`].find((path) => existsSync(path));
  if (file === undefined)
    throw usageError(`no runbook beside ${source.file}`, `expected ${base}.yaml`);
  const runbook = await checkRunbook(readSource(file), foldersFor(file, dirs));
  if (!runbook.ok)
    throw invalidRunbookError(`the cases in ${source.file} cannot be checked: ${file} is invalid`);
  const cases = readCases(source, runbook.value);
  return cases.ok ? cases.warnings : cases.diagnostics;
}

/**
 * Returns the entries of docs/reference/diagnostics by code, in Markdown; none if the pages are
 * missing.
 */
function diagnosticHelp(): ReadonlyMap<string, string> {
  const entries = pages().flatMap((page) => page.split(/^## /m).slice(1));
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return [entry.slice(0, end).trim(), entry.slice(end).trim()] as const;
    }),
  );
}

function pages(): readonly string[] {
  const folder = join(packageFolder(), 'docs', 'reference', 'diagnostics');
  try {
    return readdirSync(folder)
      .filter((name) => name !== 'README.md')
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch {
    return [];
  }
}

/** The argument for standard input. */
const STDIN = '-';

const GLOB = /[*?{}[\]]/;

/**
 * Expands names, paths, folders and globs to files, each once and absolute, with `-` unchanged; all
 * runbooks if none is given. Throws a usage error if one of them matches nothing.
 */
function filesToValidate(wanted: readonly string[], dirs: readonly string[]): readonly string[] {
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
