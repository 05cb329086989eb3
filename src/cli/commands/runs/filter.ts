import { usageError } from '#errors.ts';
import type { RunSummary } from '#run/store/file/summary.ts';
import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import { didYouMean } from '#text/suggest.ts';

/** Which runs are wanted; what is left out excludes none. */
export type RunFilter = {
  /** A status, or the outcome of a finished run; any of them. */
  readonly statuses?: readonly string[];
  readonly runbook?: string;
  readonly operator?: string;
  /** Begun then or later (ISO). */
  readonly since?: string;
};

/** What runs can be ordered by. */
export type RunOrder = (typeof RUN_ORDERS)[number];

/** Every order of runs. */
export const RUN_ORDERS = ['newest', 'oldest', 'longest', 'runbook', 'status'] as const;

const STATUSES = ['running', 'paused', 'interrupted', 'finished', 'unreadable'];

/** Returns the words of a comma-separated list; throws a usage error for one that is no status. */
export function readStatuses(text: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  const known: readonly string[] = [...STATUSES, ...RUN_OUTCOMES];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined)
    throw usageError(
      `there is no status "${unknown}"`,
      didYouMean(unknown, known) ?? `there is ${known.join(', ')}`,
    );
  return words;
}

/** Returns the order of that name; throws a usage error when it is none. */
export function readOrder(text: string): RunOrder {
  const order = RUN_ORDERS.find((each) => each === text);
  if (order === undefined)
    throw usageError(`runs cannot be sorted by "${text}"`, `there is ${RUN_ORDERS.join(', ')}`);
  return order;
}

/** Returns the runs that are wanted, in the same order. */
export function filterRuns(
  runs: readonly RunSummary[],
  { statuses, runbook, operator, since }: RunFilter,
): readonly RunSummary[] {
  return runs.filter(
    (run) =>
      (statuses === undefined ||
        statuses.includes(run.status) ||
        statuses.includes(run.outcome ?? '')) &&
      (runbook === undefined || run.runbook === runbook) &&
      (operator === undefined || run.operator === operator) &&
      (since === undefined || (run.startedAt ?? '') >= since),
  );
}

/** Returns runs that are newest first in another order; what is equal stays newest first. */
export function sortRuns(runs: readonly RunSummary[], order: RunOrder): readonly RunSummary[] {
  switch (order) {
    case 'newest':
      return runs;
    case 'oldest':
      return runs.toReversed();
    case 'longest':
      return runs.toSorted((a, b) => (runMs(b) ?? -1) - (runMs(a) ?? -1));
    case 'runbook':
      return runs.toSorted((a, b) => compare(a.runbook, b.runbook));
    case 'status':
      return runs.toSorted((a, b) => compare(a.outcome ?? a.status, b.outcome ?? b.status));
  }
}

/** Returns how long a run took, from its first event to its last, in milliseconds. */
export function runMs({ startedAt, endedAt }: RunSummary): number | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  return Date.parse(endedAt) - Date.parse(startedAt);
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
