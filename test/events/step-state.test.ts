import { expect, test } from 'vitest';
import type { StepView } from '#events/view/run-view.ts';
import { shownState, stateWord } from '#events/wording/step-state.ts';
import type { Outcome } from '#runbook/model/outcomes.ts';

const STEP: StepView = {
  id: 'one',
  title: 'One',
  phase: 'fix',
  kind: 'manual',
  effect: 'read',
  state: 'succeeded',
  visits: 1,
  executions: [],
};

function ranAs(outcome: Outcome): StepView {
  const child = { runbook: { name: 'a', title: 'A' }, end: { outcome, summary: '', findings: [] } };
  // Only the end of the other runbook matters here.
  return { ...STEP, kind: 'runbook', child: child as unknown as NonNullable<StepView['child']> };
}

test.each<readonly [what: string, step: StepView, state: string, word: string]>([
  ['a step that succeeded', STEP, 'succeeded', 'done'],
  ['an instruction that was done', { ...STEP, notDone: false }, 'succeeded', 'done'],
  ['an instruction that could not be done', { ...STEP, notDone: true }, 'failed', 'not done'],
  [
    'one that was marked as done afterwards',
    { ...STEP, state: 'done-by-hand', notDone: true },
    'done-by-hand',
    'done by hand',
  ],
  ['a runbook that resolved', ranAs('resolved'), 'succeeded', 'done'],
  ['a runbook that did not', ranAs('unresolved'), 'failed', 'failed'],
  [
    'a change that was declined',
    { ...STEP, state: 'failed', error: { kind: 'declined', message: 'declined' } },
    'skipped',
    'declined',
  ],
  [
    'a change that failed',
    { ...STEP, state: 'failed', error: { kind: 'timeout', message: 'late' } },
    'failed',
    'failed',
  ],
])('%s is shown as what it is', (_, step, state, word) => {
  expect(shownState(step)).toBe(state);
  expect(stateWord(step)).toBe(word);
});
