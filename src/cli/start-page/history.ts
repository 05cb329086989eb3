import type { RunStore } from '#run/store/port.ts';
import { type RunSummary, summarizeRun } from '#run/store/summary.ts';

/** The maximum time that a key waits while runs are read, in milliseconds. */
const TURN_MS = 12;
/** The maximum number of runs read; older ones are omitted. */
const MOST_RUNS = 1_000;

/**
 * Reads the runs of this machine in batches, most recent first, so that keys are handled in
 * between.
 */
export async function* pastRuns(
  store: RunStore,
): AsyncIterable<{ readonly runs: readonly RunSummary[]; readonly isWhole: boolean }> {
  // The first frame is drawn before the first run is read.
  await nextTurn();
  let runs: RunSummary[] = [];
  let count = 0;
  let begun = performance.now();
  for await (const run of store.runs()) {
    if (count === MOST_RUNS) return yield { runs, isWhole: false };
    count += 1;
    runs.push(await summarizeRun(run));
    if (performance.now() - begun < TURN_MS) continue;
    yield { runs, isWhole: false };
    runs = [];
    await nextTurn();
    begun = performance.now();
  }
  yield { runs, isWhole: true };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
