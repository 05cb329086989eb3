import type { RunRow } from '#events/view/run-row.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { runs as spec } from '../../specs/records.ts';

/** A filter of runs. An absent field excludes nothing. */
export type RunFilter = {
  /** Statuses, or outcomes of finished runs; one of them must match. */
  readonly status?: readonly string[] | undefined;
  readonly operator?: string | undefined;
  /** Started at this time or later (ISO). */
  readonly since?: string | undefined;
};

/** An order of runs. */
export type RunOrder = CommandLine<typeof spec>['options']['sort'];

/** Returns whether a run passes a filter. */
export function isWanted(run: RunRow, { status, operator, since }: RunFilter): boolean {
  return (
    (status === undefined || status.includes(run.status) || status.includes(run.outcome ?? '')) &&
    (operator === undefined || run.operator === operator) &&
    (since === undefined || (run.startedAt ?? '') >= since)
  );
}

/** Sorts runs given most recent first; equal ones stay in that order. */
export function sortRuns(runs: readonly RunRow[], order: RunOrder): readonly RunRow[] {
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
export function runMs({ startedAt, endedAt }: RunRow): number | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  return Date.parse(endedAt) - Date.parse(startedAt);
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
