import { failureLines } from './report.ts';
import type { TestedFile, TestRun } from './run.ts';

/** Returns the results of a test as JUnit XML: one suite per file, one test case per case. */
export function junitXml({ files, ms }: TestRun): string {
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
