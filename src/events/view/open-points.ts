import { endsIncident } from '#runbook/model/outcomes.ts';
import { runCommand } from '../wording/run-command.ts';
import type { ChangeView, NoteView, RunView, StepView } from './run-view.ts';

/** A point of a run that is left to do, or to answer. */
export type OpenPoint =
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'failed' | 'unknown' | 'declined'; readonly step: StepView }
  | { readonly kind: 'skipped'; readonly step: StepView; readonly reason: string }
  | { readonly kind: 'unchecked'; readonly text: string }
  | { readonly kind: 'next'; readonly command: string }
  | { readonly kind: 'question'; readonly note: NoteView };

/**
 * Returns the open points of a run, most important first. A read whose failure the runbook
 * decided about is the incident and leaves nothing open, nor does a change that was declined, or after
 * which a condition of the runbook continued, if the incident is resolved without it. `concluded`
 * names the checks left by the runbook that resolved it.
 */
export function openPoints(view: RunView, concluded?: string): readonly OpenPoint[] {
  const kinds = KINDS.filter((kind) => kind !== 'declined' || !endsIncident(view.outcome));
  const ofSteps = [
    ...view.steps.flatMap((step) => unknownBefore(step, view)),
    ...[...view.steps, ...(view.adhoc ?? []).filter(isUnsettled)].flatMap((step) =>
      stepPoint(step, endsIncident(view.outcome)),
    ),
  ];
  return [
    ...(view.outcome === undefined ? [{ kind: 'unfinished' } as const] : []),
    ...kinds.flatMap((kind) => ofSteps.filter((point) => point.kind === kind)),
    ...uncheckedPoints(view, concluded),
    ...nextPoints(view),
    ...view.notes.filter(isQuestion).map((note) => ({ kind: 'question', note }) as const),
  ];
}

const KINDS = ['unknown', 'failed', 'declined', 'skipped'] as const;

/** Returns the changes that were declined at their last visit. */
export function declinedSteps({ steps }: RunView): readonly StepView[] {
  return steps.filter(({ state, error }) => state === 'failed' && error?.kind === 'declined');
}

/** The words of the run itself count if the runbook that resolved the incident names no check. */
function uncheckedPoints({ outcome, unchecked }: RunView, concluded = unchecked) {
  if (!endsIncident(outcome) || concluded === undefined) return [];
  return [{ kind: 'unchecked', text: concluded } as const];
}

/** The end of the run names the runbook to continue with, else that of the last one it opened. */
function nextPoints({ outcome, continueWith, path, steps, options }: RunView) {
  if (outcome === undefined || endsIncident(outcome)) return [];
  const last = path
    .map((id) => steps.find((step) => step.id === id)?.child?.end)
    .findLast((end) => end !== undefined);
  const led = endsIncident(last?.outcome) ? undefined : last?.continue_with;
  const runbook = continueWith ?? led;
  if (runbook === undefined) return [];
  return [{ kind: 'next', command: runCommand(runbook, options) } as const];
}

/** Returns whether a note asks something. */
export function isQuestion({ text }: NoteView): boolean {
  return text.trimEnd().endsWith('?');
}

/** The outcome of a change that still ran when the record ended is unknown. */
function stepPoint(step: StepView, isResolved: boolean): readonly OpenPoint[] {
  const { state, effect, error, branch } = step;
  if (state === 'unknown' || (state === 'running' && effect !== 'read' && step.child === undefined))
    return [{ kind: 'unknown', step }];
  if (state === 'skipped' && step.skippedBy === 'operator')
    return [{ kind: 'skipped', step, reason: step.skippedBecause ?? '' }];
  if (state !== 'failed') return [];
  if (error?.kind === 'declined') return [{ kind: 'declined', step }];
  // Nothing has said yet what came of a change whose check had no answer.
  const isAnswered = effect === 'read' || (isResolved && error?.kind !== 'unchecked');
  const isDecided = isAnswered && branch !== undefined && branch.by !== 'operator';
  return isDecided ? [] : [{ kind: 'failed', step }];
}

/** A later gate, declined or skipped, does not settle an unknown outcome. */
function unknownBefore(step: StepView, { changes = [] }: RunView): readonly OpenPoint[] {
  if (step.state === 'unknown' || step.state === 'running') return [];
  const own = changes.filter((change) => change.step === step.id);
  const isOpen = own.some(
    (change, index) =>
      change.state === 'unknown' &&
      change.undo !== 'done' &&
      !own.slice(index).some((same) => isDone(same) && same.item?.index === change.item?.index),
  );
  if (!isOpen) return [];
  const { error: _, ...lost } = step;
  return [{ kind: 'unknown', step: lost }];
}

function isDone({ state, takenAsDone }: ChangeView): boolean {
  return state === 'succeeded' || state === 'by-hand' || takenAsDone === true;
}

/** A failed ad-hoc read leaves nothing open. */
function isUnsettled({ state, error }: StepView): boolean {
  return state === 'unknown' || state === 'running' || error?.kind === 'unknown';
}
