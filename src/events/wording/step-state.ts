import { endsIncident } from '#runbook/model/outcomes.ts';
import { isCarriedOut, type StepError } from '#runbook/model/step-error.ts';
import type { StepState, StepView } from '../view/run-view.ts';
import { STATE_WORD } from './phrases.ts';

/**
 * Returns the state of a step as a person reads it: a runbook that ended without resolving, and an
 * instruction that could not be done, have failed; a change that was declined was skipped.
 */
export function shownState(step: StepView): StepState {
  const { state, child, notDone } = step;
  if (isDeclined(step)) return 'skipped';
  const isUnresolved = child?.end !== undefined && !endsIncident(child.end.outcome);
  return state === 'succeeded' && (isUnresolved || notDone === true) ? 'failed' : state;
}

/** Returns the same in a word or two. */
export function stateWord(step: StepView): string {
  if (isDeclined(step)) return 'declined';
  const isNotDone = step.state === 'succeeded' && step.notDone === true;
  if (step.state === 'failed') return failureWord(step.error);
  return isNotDone ? 'not done' : STATE_WORD[shownState(step)];
}

/** Returns how a step failed, in a word or two: its action may have succeeded. */
export function failureWord(error: StepError | undefined): 'failed' | 'not verified' {
  return isCarriedOut(error) ? 'not verified' : 'failed';
}

function isDeclined({ state, error }: StepView): boolean {
  return state === 'failed' && error?.kind === 'declined';
}
