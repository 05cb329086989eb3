import type { EventOf, ShownClause } from '../log/event.ts';
import type { RunView } from '../view/run-view.ts';
import { titleOf } from '../wording/phrases.ts';
import { itemPrefix } from './inside.ts';
import { failure, valuesText } from './result.ts';
import { code, joined, type Said, say, strong } from './say.ts';
import type { Told } from './told.ts';

/** Returns a decision, its values, and why each other clause was not taken. */
export function decided(event: EventOf<'branch.taken'>, view: RunView): Told {
  const { condition, finding, values, reason } = event;
  return {
    said: say`${decidedBy(event)} → “${titleOf(view, event.goto)}” (${code(event.goto)})`,
    below: [
      ...(finding === undefined ? [] : [say`Finding: ${strong(finding)}`]),
      ...(condition === undefined ? [] : [say`Condition: ${code(condition)}`]),
      ...(values.length === 0 ? [] : [say`Values: ${valuesText(values)}`]),
      ...(reason === undefined || reason === '' ? [] : [say`Reason: ${reason}`]),
      ...event.notTaken.map(
        (clause, index) => say`Not taken: ${wayLine(clause)} (${whyNot(event, index)})`,
      ),
    ],
  };
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
function wayLine({ finding, ...clause }: ShownClause): Said {
  const isText = finding !== undefined && !finding.includes('${{');
  return clauseLine(isText ? { ...clause, finding } : clause);
}

/** Returns a clause as written in the runbook. */
export function clauseLine({ condition, goto, finding }: ShownClause): Said {
  const when = condition === undefined ? 'otherwise' : say`if ${code(condition)}`;
  const to = goto === undefined ? 'the next step' : code(goto);
  return say`${when} → ${to}${finding === undefined ? '' : `, “${finding}”`}`;
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
export function asked(event: EventOf<'operator.awaited'>): Told | undefined {
  const { reason, prompt, choices = [], clauses = [], values = [], error } = event;
  const isPlain = event.for === 'gate' || (event.for === 'start' && reason === undefined);
  if (isPlain) return undefined;
  const isChoice = event.for !== 'answer' && event.for !== 'report';
  const undo = event.part === 'undo' ? ' of the undo' : '';
  return {
    said: say`${itemPrefix(event.item)}${ASKED[event.for]}${undo}${reason === undefined ? '' : `: ${reason}`}`,
    below: [
      ...(prompt === undefined ? [] : [say`Shown: ${prompt}`]),
      ...(choices.length === 0 ? [] : [say`Choices: ${joined(choices, ' · ')}`]),
      ...(error === undefined ? [] : [say`Failure: ${failure(error)}`]),
      ...(values.length === 0 ? [] : [say`Values: ${valuesText(values)}`]),
      ...clauses.map((clause, index) => {
        const mark = index === event.clause ? ' (could not be evaluated)' : '';
        return say`Clause ${index + 1}: ${clauseLine(clause)}${mark}`;
      }),
      ...(isChoice ? [say`Possible actions: ${joined(event.can)}`] : []),
    ],
  };
}
