import { RunbookError } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { buildOf } from '#run/resume/recorded-difference.ts';
import type { RunStore } from '#run/store/port.ts';
import { type RecordedRun, readUnrepaired } from '#run/store/read-run.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { loadRunbook } from './library/load-runbook.ts';
import { PROGRAM } from './version.ts';

/**
 * Loads the copy of the runbook that is stored with a run. If this build does not accept it, throws
 * with every problem and the build that does.
 */
export async function loadRecorded({ source, children, records }: RecordedRun): Promise<Runbook> {
  try {
    return await loadRunbook(source, children);
  } catch (error) {
    const started = records[0]?.event;
    if (!(error instanceof RunbookError) || started?.type !== 'run.started') throw error;
    throw new RunbookError(`this build does not accept the runbook of the run: ${error.message}`, {
      code: error.code,
      exitCode: error.exitCode,
      cause: error,
      hint: `resume it with the build that wrote it: ${buildOf(started.program)}`,
    });
  }
}

/**
 * Resolves with the summary of a run and, if this program cannot resume it as it stands, why, in the
 * words of `runbook resume`. Reads only unfinished runs of another build again; writes nothing.
 */
export async function withObstacle(store: Lookup, run: RunRow): Promise<RunRow> {
  const { id, status, program = PROGRAM } = run;
  const isUnfinished = status === 'paused' || status === 'interrupted';
  const isOthers = isUnfinished && buildOf(program) !== PROGRAM;
  if (!isOthers && (status !== 'unreadable' || (await isFinished(store, id)))) return run;
  const error = await obstacle(store, id);
  if (error === undefined || (!isOthers && error.code !== 'newer-journal')) return run;
  const [why = ''] = error.message.split('\n', 1);
  return { ...run, cannotResume: { why, instead: error.hint ?? `see: runbook resume ${id}` } };
}

type Lookup = Pick<RunStore, 'open'>;

async function obstacle(store: Lookup, id: string): Promise<RunbookError | undefined> {
  try {
    const recorded = await readUnrepaired(await store.open(id));
    const runbook = await loadRecorded(recorded);
    const { resumeObstacle } = await import('#run/resume.ts');
    return resumeObstacle(runbook, recorded, PROGRAM);
  } catch (error) {
    if (error instanceof RunbookError) return error;
    throw error;
  }
}

/** Events after the damage are ignored, but if the last line says so the run has finished. */
export async function isFinished(store: Lookup, id: string): Promise<boolean> {
  try {
    const lines = await (await store.open(id)).journal.bytes();
    const lastLine = lines.toString().trimEnd().split('\n').at(-1) ?? '';
    return lastLine.includes('"event":{"type":"run.finished"');
  } catch {
    return false;
  }
}
