import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT, type ExitCode, environmentError, usageError } from '#errors.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { appendCase, newCases } from '#rehearsal/cases/yaml-text.ts';
import { type RecordedCase, recordCase } from '#rehearsal/recording/case.ts';
import { runCases } from '#rehearsal/run-cases.ts';
import { stageOf } from '#rehearsal/stage.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { sha256 } from '#run/sha256.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { findRunbook, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';
import { pathFromHere } from '../../path-from-here.ts';
import { storeHere } from '../../surroundings.ts';
import { testFileOf, writeResult } from './files.ts';
import { failureLines } from './report.ts';

/** Prints a case recorded from a run, or adds it to the test file of the run's runbook. */
export async function recordTest(
  wanted: string,
  { write, dirs }: { readonly write: boolean; readonly dirs: readonly string[] },
): Promise<ExitCode> {
  const { id, journal, sources } = await storeHere().open(wanted);
  const { records } = await readRecords(journal);
  const started = records[0]?.event;
  if (started?.type !== 'run.started')
    throw environmentError(`the journal of the run ${id} has no first event`);
  // The runbook at the time of the run, and those that ran as its steps.
  const copy = { file: started.runbook.file, text: await sources.runbook() };
  const children = new Map<string, Source>();
  for (const { name, file } of started.children ?? [])
    children.set(name, { file, text: await sources.child(name) });
  const ran = await loadRunbook(copy, children);
  if (started.mode === 'dry-run')
    throw usageError('a dry run has no results of changes', 'record a live run');
  const recorded = recordCase(ran, records);
  if (recorded === undefined) throw environmentError(`the journal of the run ${id} cannot be read`);
  const text = newCases(recorded);
  if (!write) process.stdout.write(text);
  else writeCase(findRunbook(ran.name, dirs).file, recorded);
  const runbook = write
    ? await loadRunbook(readSource(findRunbook(ran.name, dirs).file), dirs)
    : ran;
  return warnings(runbook, { file: basename(testFileOf(ran.name)), text });
}

function writeCase(runbook: string, recorded: RecordedCase): void {
  const file = testFileOf(runbook);
  if (existsSync(file) && readFileSync(file, 'utf8').includes(`name: ${recorded.name}\n`))
    throw usageError(`${file} already has the case "${recorded.name}"`);
  const text = existsSync(file)
    ? appendCase(readFileSync(file, 'utf8'), recorded)
    : newCases(recorded);
  if (text === undefined)
    throw usageError(
      `cannot add a case to ${file}`,
      'print the case without --write, and paste it',
    );
  writeResult(file, text);
  process.stdout.write(`${pathFromHere(file)}: 1 case added\n`);
}

/** Warns if a recorded case does not pass: some actions cannot be expressed in a case. */
function warnings(runbook: Runbook, source: Source): ExitCode {
  const cases = readCases(source, runbook);
  if (!cases.ok) {
    process.stderr.write(
      `this case must be edited:\n\n${formatDiagnostics(source, cases.diagnostics)}\n`,
    );
    return EXIT.invalid;
  }
  const { results } = runCases(cases.value, stageOf(runbook, sha256));
  const failures = results.flatMap((result) => result.failures);
  if (failures.length === 0) return EXIT.ok;
  const lines = failures.flatMap((one) => failureLines(one, source, (_, plain) => plain));
  process.stderr.write(`this case must be edited:\n${lines.join('\n')}\n`);
  return EXIT.unresolved;
}
