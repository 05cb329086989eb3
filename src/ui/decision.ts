import { titleOf, valueTexts } from '../events/phrases.ts';
import { cutTo } from '../events/text-width.ts';
import type { BranchView, RunView } from '../events/view.ts';
import { ACCENT, BLANK, DIM, type Line, span, wrapped } from './line.ts';

/** A value in a condition can be a whole result; its start tells which it is. */
const LONGEST_VALUE = 120;

/** Returns where the run went after a step, why, and the values that made it. */
export function decisionLines(branch: BranchView, view: RunView, width: number): readonly Line[] {
  const values = valueTexts(branch.values).map((text) => cutTo(text, LONGEST_VALUE));
  // The step that comes next stands right below, under its own title.
  const isNext = view.awaited?.for === 'start' && view.awaited.step === branch.goto;
  const reason = wrapped(reasonOf(branch), width - 2, isNext ? {} : DIM);
  const [first = BLANK, ...rest] = isNext
    ? reason
    : [[span(titleOf(view, branch.goto), ACCENT)], ...reason];
  return [
    [span('→ ', ACCENT), ...first],
    ...rest.map((one) => [span('  '), ...one]),
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
