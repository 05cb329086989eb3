import type { OutcomeCheck } from '../log/parts.ts';
import type { Because, Reason } from '../log/reason.ts';
import type { RefusalCode, Verdict } from '../log/submission.ts';

type Words = {
  readonly [R in Reason as R['kind']]: keyof R extends 'kind' ? string : (reason: R) => string;
};

const OUTCOME_WORDS: { readonly [C in OutcomeCheck]: string } = {
  none: 'what it did is not known',
  passed: 'its end was not seen; its check says that it took effect',
  'not-passed': 'its end was not seen; its check says that it has not taken effect so far',
  failed: 'what it did is not known; its check failed',
};

const WORDS: Words = {
  'operator-left': 'the operator left',
  interrupted: 'interrupted',
  'terminal-closed': 'the terminal was closed',
  'asked-to-stop': 'runbook was asked to stop',
  'not-displayed': 'the run could not be displayed',
  'nobody-can-answer': 'it needs an operator, and nobody can answer here',
  'own-login': 'This login is your own: correct it, or continue with the failure.',
  prerequisite: 'a prerequisite is not met',
  'not-a-number': 'that is not a number',
  'not-a-choice': 'choose one of the answers',
  undone: 'it is undone',
  'not-undone': 'it is not undone',
  unknown: ({ part, check = 'none', problem }) =>
    `the ${part} had started, and ${OUTCOME_WORDS[check]}${problem === undefined ? '' : `: ${problem}`}`,
  'too-many-visits': ({ times }) => `the run has been here ${times} times already`,
  undecided: ({ problem }) => problem,
  'earlier-build': 'an earlier build of runbook was in this step; it begins again',
  'change-of-earlier-build':
    'a change of this step had started in an earlier build of runbook, and its outcome is unknown',
  false: ({ condition }) => `${condition} is false`,
  'no-items': ({ items }) => `${items} is empty`,
  'nothing-found': 'the preview found nothing to act on',
  'nothing-left': 'the preview found nothing to act on any more',
  'none-needed': 'none of the rows that the preview found is needed',
  'all-changed': 'every row has changed since it was shown',
  'after-undo': 'continued after an undo',
  'no-jump-to-end':
    'that end says that the incident is over, which only a check can show: go to the step that checks it',
  'other-gate': 'it is not what the gate shows',
  'other-phrase': 'that is not the phrase',
  'other-server': 'the server changed since it was shown',
  'other-rows': 'the gate shows no such row, or the change does not depend on it',
  'not-possible': 'it was not possible',
  'other-run': ({ run }) =>
    `run ${run} was at work with the same change; confirm again once it has ended`,
  'not-now': 'the run cannot do that where it stands',
  'not-begun': 'the run has not begun yet',
  ended: 'the run has ended, or cannot be recorded any more',
  finished: 'the run has finished',
  'other-question': 'it answers another question than the one that is open',
  'other-process': 'another process drives this run',
  'run-left': 'the run was left',
  'command-open': 'a command has not ended yet',
  'no-commands-now': 'commands are entered while the run waits for somebody',
  'other-action': 'the permission was given for another action',
  'not-for-teams': 'a run of a team cannot do that',
  'no-target': ({ name }) => `there is no target "${name}"`,
  'earlier-question': ({ answers, asked }) =>
    `it answers event ${answers}, an earlier question; the run asks ${asked === undefined ? 'nothing now' : `with event ${asked}`}`,
  'no-connection': ({ server }) => `there is no connection to ${server}, so nothing was sent`,
  'not-acknowledged': ({ server }) =>
    `${server} has not confirmed that it got the answer; look at what the run shows before you answer again`,
};

/** Returns a reason in words. */
export function wordsOf(reason: Reason): string {
  const words: string | ((of: never) => string) = WORDS[reason.kind];
  return typeof words === 'string' ? words : words(reason as never);
}

/** Returns a reason as events have it: the words that are shown, and what they were made from. */
export function because(why: Reason): Required<Because> {
  return { reason: wordsOf(why), why };
}

/** Returns a refusal, for a reason of runbook's own or in the words of somebody else. */
export function refused(code: RefusalCode, why: Reason | string): Verdict {
  const said = typeof why === 'string' ? { reason: why } : because(why);
  return { accepted: false, code, ...said };
}
