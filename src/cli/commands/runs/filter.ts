import type { RunSummary } from '#run/store/summary.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { runs as spec } from '../../specs/records.ts';

/** A filter of runs. An absent field excludes nothing. */
export type RunFilter = {
  /** Statuses, or outcomes of finished runs; one of them must match. */
  readonly statuses?: readonly string[];
  readonly runbook?: string;
  readonly operator?: string;
  /** Started at this time or later (ISO). */
  readonly since?: string;
};

/** An order of runs. */
export type RunOrder = CommandLine<typeof spec>['options']['sort'];

/** Returns the matching runs, in the same order. */
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

/** Sorts runs given most recent first; equal ones stay in that order. */
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

/** Returns the duration of a run from its first event to its last, in milliseconds. */
export function runMs({ startedAt, endedAt }: RunSummary): number | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  return Date.parse(endedAt) - Date.parse(startedAt);
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
