import { expect, test } from 'vitest';
import type { RunView, StepView } from '#events/view/run-view.ts';
import { openingFacts } from '#events/wording/opening.ts';
import { ACTION_KIND_NAMES, ACTION_KINDS } from '#runbook/kinds/action-kinds.ts';

function stepOf(kind: StepView['kind'], effect: StepView['effect']): StepView {
  const id = `${kind}-${effect}`;
  return { id, title: id, phase: 'fix', kind, effect, state: 'waiting', visits: 0, executions: [] };
}

test('the opening page counts the reads and the changes of every kind of action', () => {
  const reads = ACTION_KIND_NAMES.map((kind) => stepOf(kind, 'read'));
  const changes = ACTION_KIND_NAMES.filter((kind) => ACTION_KINDS[kind].canChange).map((kind) =>
    stepOf(kind, 'change'),
  );
  const view: Pick<RunView, 'steps' | 'mode' | 'inputs' | 'targets'> = {
    ...{ steps: [...reads, ...changes], mode: 'live' },
    ...{ inputs: [], targets: {} },
  };
  expect(openingFacts(view as RunView).phases).toEqual([
    { phase: 'fix', text: '4 read-only checks, 3 changes (each stops at its gate)' },
  ]);
});
