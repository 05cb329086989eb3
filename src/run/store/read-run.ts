import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, environmentError, RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { type JournalCheck, readJournal } from '../journal/read.ts';
import { repairTail } from '../journal/tail.ts';
import { sha256 } from '../sha256.ts';
import type { RunFolder } from './folders.ts';

/** A run as it was recorded, ready to be gone on with. */
export type RecordedRun = {
  readonly folder: RunFolder;
  /** The runbook's text as it was. */
  readonly source: Source;
  /** The texts of the runbooks that run as its steps, as they were, by name. */
  readonly children: ReadonlyMap<string, Source>;
  readonly records: readonly RecordedEvent[];
  readonly check: JournalCheck;
  /** What was wrong with the journal's end and has been mended. */
  readonly repaired: string | undefined;
};

/**
 * Reads a run to go on with it: a last line torn by a crash is cut off. Throws when the journal or
 * the copy of the runbook is not what was written.
 */
export function readRun(folder: RunFolder): RecordedRun {
  const cut = repairTail(folder.journal);
  const { records, ...check } = readJournal(folder.journal);
  const [problem] = check.problems;
  if (problem !== undefined)
    throw changed(`line ${problem.line} of the journal ${problem.what}`, folder.id);
  const started = records[0]?.event;
  if (started?.type !== 'run.started') throw changed('the journal has no beginning', folder.id);
  const text = readCopy(folder.runbook, started.runbook.sha256, folder.id);
  const children = new Map(
    (started.children ?? []).map(({ name, file, sha256: digest }) => {
      const copy = join(folder.runbooks, `${name}.yaml`);
      return [name, { file, text: readCopy(copy, digest, folder.id) }];
    }),
  );
  return {
    folder,
    source: { file: started.runbook.file, text },
    children,
    records,
    check,
    repaired:
      cut === undefined ? undefined : `the last line was torn off: ${cut.length} characters`,
  };
}

function readCopy(file: string, digest: string, id: string): string {
  const text = readText(file, id);
  if (sha256(text) !== digest)
    throw changed('the copy of the runbook is not the one the run began with', id);
  return text;
}

function readText(file: string, id: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw environmentError(`the runbook of the run ${id} cannot be read`, undefined, error);
  }
}

function changed(what: string, id: string): RunbookError {
  return new RunbookError(what, {
    code: 'journal-changed',
    exitCode: EXIT.environment,
    hint: `the record is still readable with runbook transcript ${id}, and says so`,
  });
}
