import { type ExitCode, usageError } from '#errors.ts';
import { readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { type FoundTests, findTests } from './files.ts';
import { testJson } from './json.ts';
import { junitXml } from './junit.ts';
import { recordTest } from './record.ts';
import { testReport } from './report.ts';
import { runTests, type TestRun } from './run.ts';
import { watchTests } from './watch.ts';
import { writeResult } from './write.ts';

const help = `Usage: runbook test [NAME | FILE | GLOB …] [--watch] [--filter TEXT] [--coverage]
       runbook test --from-run RUN [--write]

Rehearses runbooks: the cases in NAME.test.yaml beside NAME.yaml say what each step returns and what
the operator does, and what has to come of it. Nothing is executed and nothing is connected to. Tests
those named, or every runbook there is that has cases.

      --watch            test again whenever a runbook or its cases change; q ends it
      --filter TEXT      only cases with this text in their name
      --coverage         name the branches that no case takes
      --min-coverage N   fail below so many percent of the branches of a runbook
      --junit FILE       write the results as JUnit XML as well
      --json             for scripts
      --from-run RUN     print a case recorded from a run (latest: the newest)
      --write            put it into the test file of its runbook instead
      --dir FOLDER       look for runbooks here first; any number of times

Exit codes: 0 all cases pass, 1 one does not or the coverage is too low, 2 a file is not valid.`;

/** `runbook test`. */
export const testCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    watch: { type: 'boolean', default: false },
    filter: { type: 'string' },
    coverage: { type: 'boolean', default: false },
    'min-coverage': { type: 'string' },
    junit: { type: 'string' },
    json: { type: 'boolean', default: false },
    'from-run': { type: 'string' },
    write: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const dirs = values.dir ?? [];
  if (values['from-run'] !== undefined) {
    if (positionals.length > 0) throw usageError('--from-run takes the runbook from the run');
    return await recordTest(values['from-run'], { write: values.write, dirs });
  }
  if (values.write)
    throw usageError('--write puts a recorded case into its file', 'give --from-run RUN as well');
  const minimum = percentOf(values['min-coverage']);
  const find = (): FoundTests => findTests(positionals, dirs);
  const test = (found: FoundTests): Promise<TestRun> =>
    runTests(found, { filter: values.filter, minimum, dirs });
  const show = (tested: TestRun): ExitCode => {
    if (values.junit !== undefined) writeResult(values.junit, junitXml(tested));
    const text = values.json
      ? JSON.stringify(testJson(tested), null, 2)
      : testReport(tested, { coverage: values.coverage, colour: hasColour() });
    process.stdout.write(`${text}\n`);
    return tested.exitCode;
  };
  return values.watch ? await watchTests({ find, test, show }) : show(await test(find()));
}

function percentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent >= 0 && percent <= 100))
    throw usageError(`--min-coverage ${text} is not a number from 0 to 100`);
  return percent;
}

function hasColour(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}
