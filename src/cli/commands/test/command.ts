import { type ExitCode, usageError } from '#errors.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { test as spec } from '../../specs/runbooks.ts';
import { type FoundTests, findTests, writeResult } from './files.ts';
import { recordTest } from './record.ts';
import { failureLines, testReport } from './report.ts';
import { runTests, type TestedFile, type TestRun } from './run.ts';
import { watchTests } from './watch.ts';

/** `runbook test`: runs test cases and prints the results. */
export async function test({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const dirs = options.dir;
  if (options['from-run'] !== undefined) {
    if (argument.length > 0) throw usageError('--from-run and RUNBOOK exclude each other');
    return await recordTest(options['from-run'], { write: options.write, dirs });
  }
  if (options.write) throw usageError('--write requires --from-run RUN');
  const minimum = percentOf(options['min-coverage']);
  const find = (): FoundTests => findTests(argument, dirs);
  const test = (found: FoundTests): Promise<TestRun> =>
    runTests(found, { filter: options.filter, minimum, dirs });
  const show = (tested: TestRun): ExitCode => {
    if (options.junit !== undefined) writeResult(options.junit, junitXml(tested));
    const text = options.json
      ? JSON.stringify(testJson(tested), null, 2)
      : testReport(tested, { coverage: options.coverage, colour: hasColour() });
    process.stdout.write(`${text}\n`);
    return tested.exitCode;
  };
  return options.watch ? await watchTests({ find, test, show }) : show(await test(find()));
}

function percentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent >= 0 && percent <= 100))
    throw usageError(`--min-coverage "${text}": expected a number from 0 to 100`);
  return percent;
}

function hasColour(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** Returns the results of a test for scripts. */
function testJson({ files, untested, ms, exitCode }: TestRun) {
  return { ok: exitCode === 0, ms: Math.round(ms), files: files.map(fileJson), untested };
}

function fileJson({ source, runbook, invalid, result, below, ms }: TestedFile) {
  return {
    file: source.file,
    runbook: runbook.file,
    ms: Math.round(ms),
    ...(invalid === undefined ? {} : { invalid }),
    ...(below === undefined ? {} : { minCoverage: below }),
    cases: (result?.results ?? []).map(({ rehearsed, failures }) => ({
      name: rehearsed.case.name,
      line: positionAt(source, rehearsed.case.span.start).line,
      ok: failures.length === 0,
      outcome: rehearsed.view.outcome ?? null,
      path: rehearsed.view.path,
      failures: failures.map(({ message, span, hint, detail, paste }) => {
        const { line, column } = positionAt(source, span.start);
        return { message, line, column, hint, detail, paste };
      }),
    })),
    ...(result === undefined
      ? {}
      : {
          coverage: {
            percent: result.coverage.percent,
            taken: result.coverage.taken,
            branches: result.coverage.branches,
            missed: result.coverage.missed.map(({ step, missed, line }) => ({
              step,
              what: missed,
              line,
            })),
          },
        }),
  };
}

/** Returns the results of a test as JUnit XML: one suite per file, one test case per case. */
function junitXml({ files, ms }: TestRun): string {
  const suites = files.map(suiteXml);
  const sum = (of: (file: TestedFile) => number) =>
    files.reduce((total, file) => total + of(file), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="runbook test" tests="${sum(testsIn)}" failures="${sum(failuresIn)}" errors="${sum(errorsIn)}" time="${seconds(ms)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteXml(tested: TestedFile): string {
  const { file, source, result, invalid, ms } = tested;
  const counts = `tests="${testsIn(tested)}" failures="${failuresIn(tested)}" errors="${errorsIn(tested)}"`;
  const cases = (result?.results ?? []).map(({ rehearsed, failures }) => {
    const open = `    <testcase name="${escaped(rehearsed.case.name)}" classname="${escaped(file.name)}" file="${escaped(source.file)}"`;
    if (failures.length === 0) return `${open}/>`;
    const text = failures
      .flatMap((one) => failureLines(one, source, (_, plain) => plain))
      .join('\n');
    const message = escaped(failures[0]?.message ?? '');
    return `${open}>\n      <failure message="${message}">${escaped(text)}</failure>\n    </testcase>`;
  });
  const broken =
    invalid === undefined
      ? []
      : [
          `    <testcase name="is valid" classname="${escaped(file.name)}" file="${escaped(source.file)}">`,
          `      <error message="not valid">${escaped(invalid)}</error>`,
          '    </testcase>',
        ];
  return [
    `  <testsuite name="${escaped(file.name)}" ${counts} time="${seconds(ms)}">`,
    ...broken,
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

function testsIn({ result }: TestedFile): number {
  return result?.results.length ?? 1;
}

function failuresIn({ result }: TestedFile): number {
  return result?.results.filter(({ failures }) => failures.length > 0).length ?? 0;
}

function errorsIn({ invalid }: TestedFile): number {
  return invalid === undefined ? 0 : 1;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML cannot contain control characters, escaped or not. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/[<>&"\n]/g, (char) => ENTITIES[char] ?? char)
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\n': '&#10;',
};
