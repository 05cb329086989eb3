import { type ExitCode, usageError } from '#errors.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { test as spec } from '../../specs/runbooks.ts';
import { type FoundTests, findTests } from './files.ts';
import { testJson } from './json.ts';
import { junitXml } from './junit.ts';
import { recordTest } from './record.ts';
import { testReport } from './report.ts';
import { runTests, type TestRun } from './run.ts';
import { watchTests } from './watch.ts';
import { writeResult } from './write.ts';

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
