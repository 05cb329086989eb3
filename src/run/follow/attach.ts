import { setTimeout as pause } from 'node:timers/promises';
import { environmentError, usageError } from '#errors.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { News } from '#events/log/news.ts';
import type { RunView } from '#events/view/run-view.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { FollowedJournal } from '../journal/port.ts';
import type { RunRecord, RunSource } from '../store/port.ts';
import { listRows, readRow } from '../store/row.ts';
import { Follower } from './follower.ts';
import { FollowedOutputs } from './outputs.ts';
import type { AttachedRun, Watcher } from './port.ts';

const LOOK_EVERY_MS = 100;
/** The number of polls between checks that the writing process is alive. */
const LOOKS_A_CHECK = 10;

/** Attaches to a run of this machine, whose journal records who watched. */
export async function attachTo(
  store: Pick<RunSource, 'rows' | 'open'>,
  wanted: string | undefined,
  { operator, host, pid, reportError }: Watcher,
): Promise<AttachedRun> {
  const record = await store.open(wanted ?? (await newestRunning(store)));
  await refuseResting(record);
  const run = await followRun(record, reportError);
  const notice = { type: 'run.watched', operator, host, pid } as const;
  await record.notices.leave({ ...notice, status: 'attached' });
  const owner = (): string => harmlessLine(run.view().operator);
  return {
    ...{ run, readOnly: `${owner()} owns this run.`, clock: Date.now },
    farewell: () =>
      ['finished', 'paused'].includes(run.view().status)
        ? undefined
        : `You stopped watching ${record.id}. ${owner()} continues the run.`,
    async detach() {
      run.leave();
      await record.notices.leave({ ...notice, status: 'detached' });
    },
  };
}

async function newestRunning(store: Pick<RunSource, 'rows'>): Promise<string> {
  const running = (await listRows(store)).find(({ status }) => status === 'running');
  if (running === undefined)
    throw usageError('no run is in progress', 'list the runs: runbook runs');
  return running.id;
}

async function refuseResting(record: RunRecord): Promise<void> {
  const { id, status, problem } = await readRow(record);
  if (status === 'running') return;
  throw usageError(
    status === 'unreadable'
      ? `the run ${id} cannot be read: ${problem}`
      : `the run ${id} is ${status}, so it cannot be watched`,
    status === 'finished' ? `see: runbook transcript ${id}` : `see: runbook runs show ${id}`,
  );
}

/**
 * Follows a run through its journal until it has finished or paused, or following is stopped;
 * `ended` rejects if the writing process is gone or the journal was modified.
 */
export async function followRun(record: RunRecord, reportError: ReportError): Promise<Follower> {
  const journal = await record.journal.follow();
  try {
    const run = new Follower({
      ...{ id: record.id, begun: await journal.look(), reportError },
      sourceOf: () => record.outputs.source,
    });
    void run.follow((over) => newsOf(record, journal, { view: () => run.view(), over }));
    return run;
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function* newsOf(
  record: RunRecord,
  journal: FollowedJournal,
  { view, over }: { readonly view: () => RunView; readonly over: AbortSignal },
): AsyncGenerator<News> {
  const printed: LiveOutput[] = [];
  const followed = new FollowedOutputs(record.outputs.source, (live) => printed.push(live));
  try {
    for (let looks = 1; ; looks += 1) {
      await pause(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
      // Checked before reading, so that the last events are still read.
      const isGone = looks % LOOKS_A_CHECK === 0 && !(await record.journal.isWritten());
      if (over.aborted) return;
      yield { kind: 'line', seq: view().seq, line: (await journal.look()).toString() };
      await followed.look(view());
      for (const live of printed.splice(0)) yield { kind: 'live', live };
      const { status } = view();
      if (over.aborted || status === 'finished' || status === 'paused') return;
      if (isGone) throw goneError(record.id);
    }
  } finally {
    journal.close();
  }
}

function goneError(id: string): Error {
  return environmentError(
    'the process that ran it has gone, and did not leave the run',
    `resume it: runbook resume ${id}`,
  );
}
