import type { FileRunStore } from '#run/store/file/folders.ts';
import type { RunSummary } from '#run/store/file/summary.ts';

/** Limit on the time a key waits while runs are read. */
const TURN_MS = 12;
/** Runs older than so many others are left out. */
const MOST_RUNS = 1_000;

/** Reads the runs of this machine, newest first, some at a time, so that keys are answered in between. */
export async function* pastRuns(
  store: FileRunStore,
): AsyncIterable<{ readonly runs: readonly RunSummary[]; readonly isWhole: boolean }> {
  // The first frame comes before the first run.
  await nextTurn();
  let runs: RunSummary[] = [];
  let count = 0;
  let begun = performance.now();
  for (const run of store.walkRuns()) {
    if (count === MOST_RUNS) return yield { runs, isWhole: false };
    count += 1;
    runs.push(run);
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
