import type { Intent, IntentType } from '#events/log/intent.ts';
import type { AwaitedView, RunView } from '#events/view/run-view.ts';
import type { Answer } from './cases/case.ts';
import type { AnswerVerb } from './cases/schema.ts';
import { type Failure, failure } from './failure.ts';

/** Returns the intent that an answer sends to the run. */
export function intentOfCase(answer: Answer, view: RunView): Intent {
  const { verb, text = '', inputs, rows, back, to, clause } = answer;
  switch (verb) {
    case 'confirm': {
      const phrase = answer.text ?? view.gate?.phrase;
      const typed = phrase === undefined ? {} : { phrase };
      return { type: 'confirm', digest: view.gate?.digest ?? '', ...typed };
    }
    case 'leave_out':
      return { type: 'leave-out', digest: view.gate?.digest ?? '', rows, back };
    case 'decline':
      return { type: 'decline', reason: text };
    case 'answer':
      return { type: 'answer', value: text };
    case 'done':
    case 'not_done':
      return { type: 'report', done: verb === 'done', evidence: text };
    case 'skip':
    case 'abort':
      return { type: verb, reason: text };
    case 'edit':
      return { type: 'edit', inputs };
    case 'mark_done':
      return { type: 'mark-done', evidence: text };
    case 'jump':
      return { type: 'jump', step: to, reason: text };
    case 'undo':
      return { type: 'undo', step: answer.step, reason: text };
    case 'choose':
      return { type: 'choose', clause, reason: text };
    case 'refresh':
    case 'retry':
    case 'recheck':
    case 'continue':
    case 'stop':
    case 'leave':
      return { type: verb };
  }
}

const VERBS: Readonly<Partial<Record<IntentType, readonly AnswerVerb[]>>> = {
  confirm: ['confirm'],
  decline: ['decline'],
  'leave-out': ['leave_out'],
  refresh: ['refresh'],
  answer: ['answer'],
  report: ['done', 'not_done'],
  choose: ['choose'],
  recheck: ['recheck'],
  continue: ['continue'],
  retry: ['retry'],
  'mark-done': ['mark_done'],
  skip: ['skip'],
  edit: ['edit'],
  jump: ['jump'],
  undo: ['undo'],
  abort: ['abort'],
  leave: ['leave'],
};

/** Returns the operator's possible answers to a waiting run, by their keys in a case. */
export function possibleAnswers({ can }: AwaitedView): readonly AnswerVerb[] {
  return can.flatMap((intent) => VERBS[intent] ?? []);
}

const WAITS: { readonly [F in AwaitedView['for']]: (awaited: AwaitedView) => string } = {
  gate: ({ step }) => `the gate of ${step} waits`,
  start: ({ step }) => `${step} waits to start`,
  failure: ({ step, error }) =>
    `${step} failed (${error?.kind}: ${error?.message}) and no clause names that`,
  decision: ({ step, reason }) => `the next of ${step} cannot be decided (${reason})`,
  unknown: ({ step }) => `the outcome of ${step} is unknown`,
  answer: ({ step, prompt = '', reason }) =>
    `${step} asks "${prompt}"${reason === undefined ? '' : ` (${reason})`}`,
  report: ({ step }) => `${step} waits for a report`,
  stopped: ({ step }) => `the run was stopped at ${step}`,
  stuck: ({ step, reason }) => `${step} waits: ${reason}`,
};

/** Describes what a run waits for. */
export function waitsFor(awaited: AwaitedView): string {
  return WAITS[awaited.for](awaited);
}

const GO_ON = ({ step }: AwaitedView): string => `- continue: ${step}`;
const PASS = ({ step }: AwaitedView): string => `- skip: ${step}`;

const LIKELY: typeof WAITS = {
  gate: ({ step }) => `- confirm: ${step}`,
  failure: PASS,
  unknown: PASS,
  decision: ({ step }) => `- { choose: ${step}, clause: 1 }`,
  answer: ({ step, choices }) => `- { answer: ${step}, with: ${choices?.[0] ?? '…'} }`,
  report: ({ step }) => `- done: ${step}`,
  start: GO_ON,
  stopped: GO_ON,
  stuck: GO_ON,
};

/** Returns the most likely answer as YAML for a case. */
export function suggestedAnswer(awaited: AwaitedView): string {
  return LIKELY[awaited.for](awaited);
}

/** Returns why an answer does not fit what a run waits for, or undefined if it does. */
export function misfit(answer: Answer, awaited: AwaitedView): Failure | undefined {
  const possible = possibleAnswers(awaited);
  if (answer.verb !== 'undo' && answer.step !== awaited.step)
    return failure(`${waitsFor(awaited)}, and the next answer is for ${answer.step}`, answer.span, {
      hint: `an answer at ${awaited.step} must come before it`,
      paste: suggestedAnswer(awaited),
    });
  if (possible.includes(answer.verb)) return undefined;
  return failure(`${waitsFor(awaited)}; "${answer.verb}" is not possible there`, answer.span, {
    hint: `here they can ${possible.join(', ')}`,
  });
}
