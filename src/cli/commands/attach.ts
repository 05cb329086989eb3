import { EXIT, usageError } from '#errors.ts';
import { summaryLines } from '#report/summary.ts';
import { followRun } from '#run/follow/follower.ts';
import type { RunRecord, RunStore } from '#run/store/port.ts';
import { listRows, readRow } from '#run/store/row.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { CommandLine } from '../command-spec.ts';
import { choosePresentation, showFollowed, whileHere } from '../present-run.ts';
import { say } from '../say.ts';
import type { attach as spec } from '../specs/incident.ts';
import { storeHere, surroundingsHere } from '../surroundings.ts';

/** `runbook attach`: shows a run in progress until it ends or the watcher leaves. */
export async function attach({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (options.on !== undefined)
    return await (await import('../remote/follow.ts')).attachOn(options.on, argument, options);
  const store = storeHere();
  const record = await store.open(argument ?? (await newestRunning(store)));
  await refuseResting(record);
  const { operator, host, pid, reportError } = surroundingsHere();
  const followed = await followRun(record, reportError);
  const notice = { type: 'run.watched', operator, host, pid } as const;
  await record.notices.leave({ ...notice, status: 'attached' });
  try {
    const presentation = choosePresentation(options);
    if (presentation !== 'screen') {
      const owner = harmlessLine(followed.view().operator);
      say(`read-only: ${owner} owns this run; Ctrl-C stops watching`);
    }
    await whileHere(presentation, (gone) =>
      showFollowed(followed, { runs: store, presentation, gone, watching: true }),
    );
  } finally {
    followed.leave();
    await record.notices.leave({ ...notice, status: 'detached' });
  }
  const { status, operator: owner } = followed.view();
  const last =
    status === 'finished' || status === 'paused'
      ? summaryLines(followed.view())
      : [`You stopped watching ${record.id}. ${harmlessLine(owner)} continues the run.`];
  say(last.join('\n'));
  return EXIT.ok;
}

async function newestRunning(store: RunStore): Promise<string> {
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
