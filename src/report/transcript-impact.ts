import { errorName, titleOf } from '../events/phrases.ts';
import type { TranscriptRun } from './transcript-run.ts';

/** From when to when a run shows that something was wrong (ISO times). */
export type ImpactWindow = {
  /** When the run first saw it: a finding, or a step that failed. */
  readonly from?: string;
  /** What it saw, in plain text. */
  readonly evidence?: string;
  /** When it was resolved. */
  readonly until?: string;
};

/** Returns from when to when the record of a run shows that something was wrong. */
export function impactWindow({ records, view }: TranscriptRun): ImpactWindow {
  const first = records.flatMap(({ at, event }) => {
    if (event.type === 'branch.taken' && event.finding !== undefined)
      return [{ from: at, evidence: event.finding }];
    if (event.type !== 'step.finished' || event.error === undefined) return [];
    const { error, step } = event;
    return [
      {
        from: at,
        evidence: `“${titleOf(view, step)}” failed: ${errorName(error)} ${error.message}`,
      },
    ];
  })[0];
  const isOver = view.outcome === 'resolved' && view.endedAt !== undefined;
  return { ...first, ...(isOver ? { until: view.endedAt } : {}) };
}
