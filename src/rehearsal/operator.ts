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

/** Describes what a run waits for. */
export function waitsFor({ step, for: what, error, reason, prompt }: AwaitedView): string {
  switch (what) {
    case 'gate':
      return `the gate of ${step} waits`;
    case 'start':
      return `${step} waits to start`;
    case 'failure':
      return `${step} failed (${error?.kind}: ${error?.message}) and no clause names that`;
    case 'decision':
      return `the next of ${step} cannot be decided (${reason})`;
    case 'unknown':
      return `the outcome of ${step} is unknown`;
    case 'answer':
      return `${step} asks "${prompt ?? ''}"${reason === undefined ? '' : ` (${reason})`}`;
    case 'report':
      return `${step} waits for a report`;
    case 'stopped':
      return `the run was stopped at ${step}`;
    case 'stuck':
      return `${step} waits: ${reason}`;
  }
}

/** Returns the most likely answer as YAML for a case. */
export function suggestedAnswer({ step, for: what, choices }: AwaitedView): string {
  switch (what) {
    case 'gate':
      return `- confirm: ${step}`;
    case 'failure':
    case 'unknown':
      return `- skip: ${step}`;
    case 'decision':
      return `- { choose: ${step}, clause: 1 }`;
    case 'answer':
      return `- { answer: ${step}, with: ${choices?.[0] ?? '…'} }`;
    case 'report':
      return `- done: ${step}`;
    case 'start':
    case 'stopped':
    case 'stuck':
      return `- continue: ${step}`;
  }
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
