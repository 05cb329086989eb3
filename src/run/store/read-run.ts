import { EXIT, environmentError, RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { counted } from '#text/count.ts';
import { readRecords } from '../journal/cursor.ts';
import type { JournalCheck } from '../journal/port.ts';
import { sha256 } from '../sha256.ts';
import type { RunRecord } from './port.ts';

/** A recorded run, ready to be resumed. */
export type RecordedRun = {
  readonly record: RunRecord;
  /** The runbook's text from the start of the run. */
  readonly source: Source;
  /** The texts of the runbooks that run as its steps, from the start of the run, by name. */
  readonly children: ReadonlyMap<string, Source>;
  readonly records: readonly RecordedEvent[];
  readonly check: JournalCheck;
  /** The repaired damage at the journal's end. */
  readonly repaired: string | undefined;
};

/**
 * Reads a run to resume it, and removes a last line torn by a crash. Rejects if the journal or the
 * copy of the runbook was modified.
 */
export async function readRun(record: RunRecord): Promise<RecordedRun> {
  return await readUnrepaired(record, await record.journal.repair());
}

/** Reads a run as {@link readRun} does, and leaves a torn last line where it is. */
export async function readUnrepaired(
  record: RunRecord,
  cut?: Awaited<ReturnType<RunRecord['journal']['repair']>>,
): Promise<RecordedRun> {
  const { id, journal, sources } = record;
  const { records, ...check } = await readRecords(journal);
  const [problem] = check.problems;
  if (problem !== undefined)
    throw changed(`line ${problem.line} of the journal ${problem.what}`, id);
  const started = records[0]?.event;
  if (started?.type !== 'run.started') throw changed('the journal has no beginning', id);
  const { file, sha256: digest } = started.runbook;
  const children = new Map<string, Source>();
  for (const child of started.children ?? []) {
    const text = await copyOf(() => sources.child(child.name), child.sha256, id);
    children.set(child.name, { file: child.file, text });
  }
  return {
    record,
    source: { file, text: await copyOf(() => sources.runbook(), digest, id) },
    children,
    records,
    check,
    repaired:
      cut === undefined
        ? undefined
        : `the last line was torn off: ${counted(cut.length, 'character')}`,
  };
}

async function copyOf(read: () => Promise<string>, digest: string, id: string): Promise<string> {
  const text = await read().catch((error: unknown) => {
    throw environmentError(`the runbook of the run ${id} cannot be read`, undefined, error);
  });
  if (sha256(text) !== digest)
    throw changed('the copy of the runbook is not the one the run began with', id);
  return text;
}

function changed(what: string, id: string): RunbookError {
  return new RunbookError(what, {
    code: 'journal-changed',
    exitCode: EXIT.environment,
    hint: `the record is still readable with runbook transcript ${id}, and says so`,
  });
}
