import { positionAt } from '#runbook/yaml/source.ts';
import type { TestedFile, TestRun } from './run.ts';

/** Returns the results of a test for scripts. */
export function testJson({ files, untested, ms, exitCode }: TestRun) {
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
      failures: failures.map(({ message, span, hint, detail, paste }) => ({
        message,
        ...positionAt(source, span.start),
        hint,
        detail,
        paste,
      })),
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
