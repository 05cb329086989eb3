import { EXIT, type ExitCode } from '#errors.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { type CasesResult, runCases } from '#rehearsal/run-cases.ts';
import { type Stage, stageOf } from '#rehearsal/stage.ts';
import { sha256 } from '#run/sha256.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { foldersFor, readSource } from '../../library/find-runbook.ts';
import { checkRunbook } from '../../library/load-runbook.ts';
import type { FoundTests, TestFile } from './files.ts';

/** The results of one test file. */
export type TestedFile = {
  readonly file: TestFile;
  readonly source: Source;
  readonly runbook: Source;
  readonly ms: number;
  /** Rendered diagnostics, if the runbook or its cases are invalid. */
  readonly invalid: string | undefined;
  readonly result: CasesResult | undefined;
  /** The required coverage that was missed, in percent. */
  readonly below: number | undefined;
};

/** The results of a test. */
export type TestRun = {
  readonly files: readonly TestedFile[];
  readonly untested: readonly string[];
  readonly filter: string | undefined;
  readonly ms: number;
  readonly exitCode: ExitCode;
};

type Options = {
  readonly filter: string | undefined;
  readonly minimum: number | undefined;
  /** Folders searched first for runbooks used as steps. */
  readonly dirs: readonly string[];
};

/** Rehearses all cases of all files. */
export async function runTests(
  { files, untested }: FoundTests,
  options: Options,
): Promise<TestRun> {
  const began = performance.now();
  const tested: TestedFile[] = [];
  for (const file of files) tested.push(await testFile(file, options));
  const failed = tested.some(
    ({ result, below }) =>
      below !== undefined || result?.results.some(({ failures }) => failures.length > 0),
  );
  return {
    files: tested,
    untested,
    filter: options.filter,
    ms: performance.now() - began,
    exitCode:
      tested.some(({ invalid }) => invalid !== undefined) || isEmpty(tested)
        ? EXIT.invalid
        : failed
          ? EXIT.unresolved
          : EXIT.ok,
  };
}

/** A filter that matches nothing is an error, not a success. */
function isEmpty(tested: readonly TestedFile[]): boolean {
  return tested.every(({ result }) => result?.results.length === 0);
}

async function testFile(file: TestFile, { filter, minimum, dirs }: Options): Promise<TestedFile> {
  const began = performance.now();
  const runbook = readSource(file.runbook);
  const source = readSource(file.tests);
  const done = (end: Partial<TestedFile>): TestedFile => ({
    file,
    source,
    runbook,
    ms: performance.now() - began,
    invalid: undefined,
    result: undefined,
    below: undefined,
    ...end,
  });
  const parsed = await checkRunbook(runbook, foldersFor(file.runbook, dirs));
  if (!parsed.ok) return done({ invalid: formatDiagnostics(runbook, parsed.diagnostics) });
  const cases = readCases(source, parsed.value);
  if (!cases.ok) return done({ invalid: formatDiagnostics(source, cases.diagnostics) });
  const stage: Stage = stageOf(parsed.value, sha256);
  const result = runCases(
    cases.value,
    stage,
    (name) => filter === undefined || name.includes(filter),
  );
  // With only some of the cases, the coverage is meaningless.
  const isBelow =
    filter === undefined && minimum !== undefined && result.coverage.percent < minimum;
  return done({ result, below: isBelow ? minimum : undefined });
}
