import { titleOf, valueTexts } from '../events/phrases.ts';
import type { BranchView, RunView } from '../events/view.ts';
import { ACCENT, DIM, type Line, span, wrapped } from './line.ts';

/** Returns where the run went after a step, and the values that made it. */
export function decisionLines(branch: BranchView, view: RunView, width: number): readonly Line[] {
  const values = valueTexts(branch.values);
  return [
    [span('→ ', ACCENT), span(titleOf(view, branch.goto), ACCENT)],
    ...wrapped(reasonOf(branch), width, DIM, '  '),
    ...(values.length === 0 ? [] : wrapped(values.join(' · '), width, DIM, '  ')),
  ];
}

/** Returns why a branch was taken, in words. */
export function reasonOf(branch: BranchView): string {
  switch (branch.by) {
    case 'condition':
      return `because ${branch.condition ?? ''}`;
    case 'default':
      return 'because no condition before it held';
    case 'operator':
      return `chosen by hand${branch.reason ? `: ${branch.reason}` : ''}`;
    case 'order':
      return 'the next step';
  }
}
