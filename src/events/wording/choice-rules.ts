import type { AwaitedFor } from '../log/event.ts';
import type { IntentType } from '../log/intent.ts';

/** The name of a choice of the operator while the run waits. */
export type ChoiceName =
  | 'start'
  | 'stepwise'
  | 'continue'
  | 'recheck'
  | 'retry'
  | 'edit'
  | 'done'
  | 'not-done'
  | 'mark-done'
  | 'skip'
  | 'back'
  | 'jump'
  | 'undo'
  | 'refresh'
  | 'leave-out'
  | 'decline'
  | 'auto'
  | 'leave'
  | 'abort';

/** A current choice of the operator, on a screen or at a prompt. */
export type Choice = {
  readonly name: ChoiceName;
  /** The letter that selects it; `⏎` is the Enter key. */
  readonly key: string;
  readonly label: string;
  /** Its description in a menu. */
  readonly says: string;
  /** The text that it requires or allows. */
  readonly asks?: { readonly question: string; readonly required: boolean };
};

/** A choice, the intent it sends, and the questions it belongs to. */
export type Rule = Choice & { readonly intent: IntentType; readonly when?: readonly AwaitedFor[] };

/** The choices at any question. */
export const RULES: readonly Rule[] = [
  {
    name: 'continue',
    intent: 'continue',
    key: '⏎',
    label: 'continue',
    says: 'continue the run',
  },
  {
    name: 'recheck',
    intent: 'recheck',
    key: 'c',
    label: 'check',
    says: 'check now whether it took effect',
  },
  { name: 'retry', intent: 'retry', key: 'r', label: 'retry', says: 'run the step again' },
  {
    name: 'edit',
    intent: 'edit',
    key: 'e',
    label: 'edit',
    says: 'change inputs, then run it again',
  },
  {
    name: 'done',
    intent: 'report',
    key: 'y',
    label: 'done',
    says: 'it is done',
    asks: { question: 'What did you see? (optional)', required: false },
  },
  {
    name: 'not-done',
    intent: 'report',
    key: 'f',
    label: 'not done',
    says: 'it could not be done',
    asks: { question: 'What prevented it?', required: true },
  },
  {
    name: 'mark-done',
    intent: 'mark-done',
    key: 'm',
    label: 'mark done',
    says: 'it was done by hand; give evidence',
    asks: { question: 'What is the evidence?', required: true },
    when: ['start', 'failure', 'unknown', 'decision', 'stopped', 'stuck'],
  },
  {
    name: 'skip',
    intent: 'skip',
    key: 's',
    label: 'skip',
    says: 'continue without it; give a reason',
    asks: { question: 'Why skip this step?', required: true },
  },
  {
    name: 'back',
    intent: 'jump',
    key: 'b',
    label: 'back',
    says: 'back to the previous step',
  },
  { name: 'jump', intent: 'jump', key: ':', label: 'jump', says: 'go to another step' },
  {
    name: 'undo',
    intent: 'undo',
    key: 'u',
    label: 'undo',
    says: 'undo a change',
  },
  {
    name: 'refresh',
    intent: 'refresh',
    key: 'r',
    label: 'read again',
    says: 'read the rows again',
  },
  {
    name: 'leave-out',
    intent: 'leave-out',
    key: 'l',
    label: 'leave out',
    says: 'leave rows out',
    asks: {
      question:
        'Leave out which rows or groups, or take back? Their first values or letters, e.g. 4711, b; nothing: as at first',
      required: false,
    },
  },
  {
    name: 'decline',
    intent: 'decline',
    key: 'x',
    label: 'decline',
    says: 'do not run it',
    asks: { question: 'Why not? (optional)', required: false },
  },
  {
    name: 'auto',
    intent: 'auto',
    key: 'a',
    label: 'auto',
    says: 'let reads run by themselves',
  },
  {
    name: 'leave',
    intent: 'leave',
    key: 'q',
    label: 'leave',
    says: 'pause the run; it can be resumed',
  },
  {
    name: 'abort',
    intent: 'abort',
    key: 'x',
    label: 'abort',
    says: 'end the run; it cannot be resumed',
    asks: { question: 'Why end the run?', required: true },
    when: ['failure', 'unknown', 'decision', 'stopped', 'stuck'],
  },
];

/** The choices on the opening page, besides those of any question. */
export const OPENING: readonly Rule[] = [
  {
    name: 'start',
    intent: 'auto',
    key: '⏎',
    label: 'start',
    says: 'start; reads run by themselves until a decision is needed',
  },
  {
    name: 'stepwise',
    intent: 'auto',
    key: 's',
    label: 'step by step',
    says: 'start; every step waits for Enter',
  },
];
/** The choices of any question that the opening page has as well. */
export const ALSO_OPENING: readonly ChoiceName[] = ['edit', 'leave'];
