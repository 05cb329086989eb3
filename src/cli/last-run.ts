import { isDeepStrictEqual } from 'node:util';
import type { RunView } from '#events/view/run-view.ts';
import type { RunStore } from '#run/store/port.ts';
import { readRow } from '#run/store/row.ts';
import { ago, formatDuration, msBetween } from '#text/duration.ts';

/** The maximum number of runs read; each costs as much as its journal is long. */
const MOST_RUNS = 20;

/**
 * Resolves to the last finished run of a runbook on the same targets in words, if it is among the
 * newest.
 */
export async function lastRunText(
  store: RunStore,
  { runbook, targets }: Pick<RunView, 'targets'> & { readonly runbook: string },
  now: number,
): Promise<string | undefined> {
  let count = 0;
  for await (const run of store.runs()) {
    if (count === MOST_RUNS) return undefined;
    count += 1;
    const summary = await readRow(run);
    const { startedAt, endedAt, outcome, operator = 'unknown' } = summary;
    if (summary.runbook !== runbook || summary.status !== 'finished') continue;
    if (!isDeepStrictEqual(summary.targets, targets)) continue;
    if (startedAt === undefined || endedAt === undefined) continue;
    const took = formatDuration(msBetween(startedAt, endedAt));
    return `Last run here: ${ago(endedAt, now)}, ${outcome} in ${took} by ${operator}`;
  }
  return undefined;
}
