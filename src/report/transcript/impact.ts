import type { EventOf } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { errorName, titleOf } from '#events/wording/phrases.ts';
import type { TranscriptRun } from './run.ts';

/** The period in which a run shows an impact (ISO times). */
export type ImpactWindow = {
  /**
   * The first evidence: a step that failed, or a finding that led to a fix or to another runbook;
   * otherwise the first finding.
   */
  readonly from?: string;
  /** The evidence, in plain text. */
  readonly evidence?: string;
  /**
   * True for a first finding that led to nothing: the record cannot tell whether it was a problem.
   */
  readonly toBeChecked: boolean;
  /** The number of findings before the evidence. */
  readonly findingsBefore: number;
  /** The time of the resolution. */
  readonly until?: string;
};

type Evidence = { readonly from: string; readonly evidence: string };

/** Returns the period in which the record of a run shows an impact. */
export function impactWindow(run: TranscriptRun): ImpactWindow {
  const { view } = run;
  const isOver = view.outcome === 'resolved' && view.endedAt !== undefined;
  return { ...beginning(run), ...(isOver ? { until: view.endedAt } : {}) };
}

function beginning({ records, view }: TranscriptRun): ImpactWindow {
  const findings: Evidence[] = [];
  const sure = (evidence: Evidence, findingsBefore: number) => {
    return { ...evidence, toBeChecked: false, findingsBefore };
  };
  for (const { at, event } of records) {
    if (event.type === 'step.finished' && isFailure(event, view))
      return sure({ from: at, evidence: failureText(event, view) }, findings.length);
    if (event.type === 'branch.taken' && event.finding !== undefined)
      findings.push({ from: at, evidence: event.finding });
    // A question may separate a finding from the action that follows from it.
    const led = findings.at(-1);
    if (event.type === 'step.entered' && isRemedy(event.step, view) && led !== undefined)
      return sure(led, findings.length - 1);
  }
  return { ...findings[0], toBeChecked: findings.length > 0, findingsBefore: 0 };
}

/** An ad-hoc command is no step: its failure is no evidence. */
function isFailure({ step, error }: EventOf<'step.finished'>, { steps }: RunView): boolean {
  return error !== undefined && steps.some(({ id }) => id === step);
}

function failureText({ step, error }: EventOf<'step.finished'>, view: RunView): string {
  const how = error === undefined ? '' : ` ${errorName(error)} ${error.message}`;
  return `“${titleOf(view, step)}” failed:${how}`;
}

function isRemedy(step: string, { steps }: RunView): boolean {
  const found = steps.find(({ id }) => id === step);
  return found !== undefined && (found.phase === 'fix' || found.kind === 'runbook');
}
