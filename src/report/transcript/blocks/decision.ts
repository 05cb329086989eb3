import type { EventOf, ShownClause } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { code, text } from '../../markdown/text.ts';
import { itemPrefix } from './inside.ts';
import { failure, valuesText } from './result.ts';

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
  return clause === null || index < clause ? 'false' : 'not evaluated';
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

const ASKED: { readonly [F in EventOf<'operator.awaited'>['for']]: string } = {
  start: 'waiting to start the step',
  gate: 'waiting at the gate',
  failure: 'asks what to do about the failure',
  decision: 'asks what to do next: a condition could not be evaluated',
  unknown: 'asks what to do about an unknown outcome',
  answer: 'asks',
  report: 'asks for a manual action',
  stopped: 'stopped',
  stuck: 'asks what to do: the step was entered too often',
};

/** Returns a question to the operator and its context; nothing for a plain start or a gate. */
export function askedBlocks(event: EventOf<'operator.awaited'>): readonly string[] {
  const { reason, prompt, choices = [], clauses = [], values = [], error } = event;
  const isPlain = event.for === 'gate' || (event.for === 'start' && reason === undefined);
  if (isPlain) return [];
  const isChoice = event.for !== 'answer' && event.for !== 'report';
  return [
    [
      `${itemPrefix(event.item)}${ASKED[event.for]}${event.part === 'undo' ? ' of the undo' : ''}${reason === undefined ? '' : `: ${text(reason)}`}`,
      ...(prompt === undefined ? [] : [`  - Shown: ${text(prompt)}`]),
      ...(choices.length === 0 ? [] : [`  - Choices: ${choices.map(text).join(' · ')}`]),
      ...(error === undefined ? [] : [`  - Failure: ${failure(error)}`]),
      ...(values.length === 0 ? [] : [`  - Values: ${valuesText(values)}`]),
      ...clauses.map((clause, index) => {
        const mark = index === event.clause ? ' (could not be evaluated)' : '';
        return `  - Clause ${index + 1}: ${clauseLine(clause)}${mark}`;
      }),
      ...(isChoice ? [`  - Possible actions: ${event.can.map(text).join(', ')}`] : []),
    ].join('\n'),
  ];
}
