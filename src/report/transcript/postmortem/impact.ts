import { conclusionOf } from '#events/view/conclusion.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import type { FindingView, StepView } from '#events/view/run-view.ts';
import { errorName, titleOf } from '#events/wording/phrases.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import type { ErrorKind, StepError } from '#runbook/model/step-error.ts';
import type { TranscriptRun } from '../run.ts';

/** The period in which a run shows an impact (ISO times). */
export type ImpactWindow = {
  /**
   * The first evidence: the first refused connection or the first finding that led to the cause,
   * whichever came first; otherwise the first failed step.
   */
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
  const isOver = endsIncident(view.outcome) && view.endedAt !== undefined;
  return { ...beginning(run), ...(isOver ? { until: view.endedAt } : {}) };
}

function beginning(run: TranscriptRun): Omit<ImpactWindow, 'until'> {
  const [first] = conclusionOf(run.view).evidence;
  const failed = firstFailure(run);
  const refused = firstFailure(run, isRefusal);
  if (refused !== undefined && (first === undefined || refused.from < first.at))
    return { ...refused, toBeChecked: false };
  if (first !== undefined) return { ...told(first), toBeChecked: false };
  if (failed !== undefined) return { ...failed, toBeChecked: false };
  const [found] = run.view.findings;
  return found === undefined ? { toBeChecked: false } : { ...told(found), toBeChecked: true };
}

function told({ at, text }: FindingView) {
  return { from: at, evidence: text };
}

/** The errors of a server that clients cannot use. Others may belong to an optional look. */
const REFUSALS: ReadonlySet<ErrorKind> = new Set([
  'dns',
  'refused',
  'unreachable',
  'timeout',
  'reset',
  'auth',
  'no_database',
  'too_many_connections',
  'starting_up',
  'read_only',
]);

function isRefusal(step: StepView, { kind }: StepError): boolean {
  return step.kind === 'probe' && step.phase === 'diagnose' && REFUSALS.has(kind);
}

/** An ad-hoc command is not a step: its failure is not evidence. */
function firstFailure(
  { records, view }: TranscriptRun,
  counts: (step: StepView, error: StepError) => boolean = () => true,
) {
  for (const { at, event } of records) {
    if (event.type !== 'step.finished' || event.error === undefined) continue;
    const step = stepOf(view, event.step);
    if (step === undefined || !counts(step, event.error)) continue;
    const evidence = `“${titleOf(view, event.step)}” failed: ${errorName(event.error)} ${event.error.message}`;
    return { from: at, evidence };
  }
  return undefined;
}
