import { setTimeout as sleep } from 'node:timers/promises';
import type { GameDay } from '#lab/app/game-day.ts';
import type { Health } from '#lab/app/start-application.ts';
import { type PhaseTimes, phaseTimes } from '#report/phase-times.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { listRows } from '#run/store/row.ts';
import { PHASES } from '#runbook/model/terms.ts';
import { clock } from '#text/duration.ts';
import { storeHere } from '../../surroundings.ts';
import type { PractisedRun } from './opened-runbook.ts';

/** Time limit for the shop to recover, in milliseconds. */
const RECOVERS_WITHIN_MS = 8_000;
const POLL_MS = 250;

/** Checks the outcome of a drill independently of its run, and describes both. */
export async function debriefing(
  day: GameDay,
  { pid, since }: PractisedRun & { readonly since: string },
): Promise<{ readonly isGone: boolean; readonly text: string }> {
  const { gone, collateral } = await day.fault.check();
  const { status, text } = await healthAfter(day, gone);
  const lines = [
    `Independent check: the fault is ${gone ? 'fixed' : 'still present'}.`,
    `The health page ${status === 200 ? 'is healthy again' : `still fails (${status}: ${text})`}.`,
    ...(collateral.length === 0
      ? ['No healthy session was lost.']
      : collateral.map((loss) => `Lost: ${loss}`)),
    ...(await timesOf(pid, since)),
  ];
  return { isGone: gone, text: lines.join('\n') };
}

async function healthAfter({ application }: GameDay, gone: boolean): Promise<Health> {
  const deadline = Date.now() + (gone ? RECOVERS_WITHIN_MS : 0);
  for (;;) {
    const health = await application.health();
    if (health.status === 200 || Date.now() >= deadline) return health;
    await sleep(POLL_MS);
  }
}

/** Only the drill's own runs, also if resumed elsewhere: other drills write to the same store. */
async function timesOf(pid: number | undefined, since: string): Promise<readonly string[]> {
  const store = storeHere();
  const runs = (await listRows(store)).filter(
    ({ startedAt }) => startedAt !== undefined && startedAt >= since,
  );
  const lines = await Promise.all(
    runs.toReversed().map(async ({ id, runbook }) => {
      const { records } = await readRecords((await store.open(id)).journal);
      const started = records[0]?.event;
      if (started?.type !== 'run.started' || started.pid !== pid) return [];
      return [`${runbook}: ${timesText(phaseTimes(records))}`];
    }),
  );
  return lines.flat();
}

function timesText({ phases, firstDecision, total }: PhaseTimes): string {
  const parts = PHASES.map((phase) => `${phase} ${clock(phases[phase])}`);
  const first = firstDecision === undefined ? '' : `; first decision after ${clock(firstDecision)}`;
  return `${parts.join(', ')}, ${clock(total)} in total${first}`;
}
