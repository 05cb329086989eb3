import type { BranchView, RunView } from '#events/view/run-view.ts';
import { titleOf, toldValues, valueTexts } from '#events/wording/phrases.ts';
import { cutTo } from '#text/width.ts';
import { ACCENT, DIM, type Line, line, span, wrapped } from '../draw/line.ts';

/** The length limit of a value: a condition may use a whole result, which its start identifies. */
const LONGEST_VALUE = 120;

/**
 * Returns the transition after a step, its reason and the values behind it; nothing if there was
 * nothing to decide and the next step is shown below under its own title.
 */
export function decisionLines(branch: BranchView, view: RunView, width: number): readonly Line[] {
  const isNext = view.awaited?.for === 'start' && view.awaited.step === branch.goto;
  const values = valueTexts(toldValues(branch)).map((text) => cutTo(text, LONGEST_VALUE));
  const reason = reasonOf(branch);
  const said = [
    ...(isNext ? [] : [line(titleOf(view, branch.goto), ACCENT)]),
    ...(reason === undefined ? [] : wrapped(reason, width - 2, isNext ? {} : DIM)),
    ...(values.length === 0 ? [] : wrapped(values.join(' · '), width - 2, DIM)),
  ];
  return said.map((one, index) => [span(index === 0 ? '→ ' : '  ', ACCENT), ...one]);
}

/** Returns the reason for a branch, in words; nothing if it was only the next step. */
export function reasonOf(branch: BranchView): string | undefined {
  switch (branch.by) {
    case 'condition':
      return `because ${branch.condition ?? ''}`;
    case 'operator':
      return `chosen by hand${branch.reason ? `: ${branch.reason}` : ''}`;
    case 'default':
    case 'order':
      return undefined;
  }
}
