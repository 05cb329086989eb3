import type { EventOf, ShownClause } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { code, text } from '../../markdown/text.ts';
import { valuesText } from './result.ts';

/** Returns a decision, its values, and why each other clause was not taken. */
export function decisionLines(event: EventOf<'branch.taken'>, view: RunView): readonly string[] {
  const { condition, finding, values, reason } = event;
  const to = `“${text(titleOf(view, event.goto))}” (${code(event.goto)})`;
  return [
    `${decidedBy(event)} → ${to}`,
    ...(finding === undefined ? [] : [`  - Finding: **${text(finding)}**`]),
    ...(condition === undefined ? [] : [`  - Condition: ${code(condition)}`]),
    ...(values.length === 0 ? [] : [`  - Values: ${valuesText(values)}`]),
    ...(reason === undefined || reason === '' ? [] : [`  - Reason: ${text(reason)}`]),
    ...event.notTaken.map(
      (clause, index) => `  - Not taken: ${wayLine(clause)} (${whyNot(event, index)})`,
    ),
  ];
}

function decidedBy({ by, clause }: EventOf<'branch.taken'>): string {
  switch (by) {
    case 'condition':
      return `clause ${(clause ?? 0) + 1} of next is true`;
    case 'default':
      return 'no condition is true; the default clause decides';
    case 'order':
      return 'the run continues';
    case 'operator':
      return clause === null ? 'the operator chose the next step' : 'the operator chose';
  }
}

/** Clauses are evaluated in order, up to the first one that is true. */
function whyNot({ by, clause }: EventOf<'branch.taken'>, index: number): string {
  if (by === 'operator') return 'not chosen';
  return clause === null || index < clause ? 'false' : 'not looked at';
}

/** A finding with unrendered placeholders says nothing about this run. */
function wayLine({ finding, ...clause }: ShownClause): string {
  const isText = finding !== undefined && !finding.includes('${{');
  return clauseLine(isText ? { ...clause, finding } : clause);
}

/** Returns a clause as written in the runbook. */
export function clauseLine({ condition, goto, finding }: ShownClause): string {
  const when = condition === undefined ? 'otherwise' : `if ${code(condition)}`;
  const to = goto === undefined ? 'the next step' : code(goto);
  return `${when} → ${to}${finding === undefined ? '' : `, “${text(finding)}”`}`;
}
