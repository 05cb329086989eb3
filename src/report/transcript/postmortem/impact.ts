import { conclusionOf } from '#events/view/conclusion.ts';
import type { FindingView, RunView } from '#events/view/run-view.ts';
import { errorName, titleOf } from '#events/wording/phrases.ts';
import type { TranscriptRun } from '../run.ts';

/** The period in which a run shows an impact (ISO times). */
export type ImpactWindow = {
  /** The first evidence: a finding that led to the cause; otherwise the first failed step. */
  readonly from?: string;
  /** The evidence, in plain text. */
  readonly evidence?: string;
  /**
   * True for a first finding that led to nothing: the record cannot tell whether it was a problem.
   */
  readonly toBeChecked: boolean;
  /** The time of the resolution. */
  readonly until?: string;
};

/** Returns the period in which the record of a run shows an impact. */
export function impactWindow(run: TranscriptRun): ImpactWindow {
  const { view } = run;
  const isOver = view.outcome === 'resolved' && view.endedAt !== undefined;
  return { ...beginning(run), ...(isOver ? { until: view.endedAt } : {}) };
}

function beginning(run: TranscriptRun): Omit<ImpactWindow, 'until'> {
  const [first] = conclusionOf(run.view).evidence;
  const failed = firstFailure(run);
  if (first !== undefined) return { ...told(first), toBeChecked: false };
  if (failed !== undefined) return { ...failed, toBeChecked: false };
  const [found] = run.view.findings;
  return found === undefined ? { toBeChecked: false } : { ...told(found), toBeChecked: true };
}

function told({ at, text }: FindingView) {
  return { from: at, evidence: text };
}

/** An ad-hoc command is no step: its failure is no evidence. */
function firstFailure({ records, view }: TranscriptRun) {
  for (const { at, event } of records) {
    if (event.type !== 'step.finished' || event.error === undefined) continue;
    if (!isStep(view, event.step)) continue;
    const evidence = `“${titleOf(view, event.step)}” failed: ${errorName(event.error)} ${event.error.message}`;
    return { from: at, evidence };
  }
  return undefined;
}

function isStep({ steps }: RunView, id: string): boolean {
  return steps.some((step) => step.id === id);
}
