import type { EventOf } from '#events/log/event.ts';
import { text } from '../../markdown/text.ts';
import { clauseLine } from './decision.ts';
import { itemPrefix } from './inside.ts';
import { failure, valuesText } from './result.ts';

const ASKED: { readonly [F in EventOf<'operator.awaited'>['for']]: string } = {
  start: 'waits before the step',
  gate: 'waits at the gate',
  failure: 'asks what to do about the failure',
  decision: 'asks which way to go: a condition could not be evaluated',
  unknown: 'asks what to do about an unknown outcome',
  answer: 'asks',
  report: 'asks for something to be done by hand',
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
      ...(isChoice ? [`  - Could: ${event.can.map(text).join(', ')}`] : []),
    ].join('\n'),
  ];
}
