import type { AwaitedFor, OutcomeCheck, ShownClause } from '../log/parts.ts';
import { outcomeCheckOf } from '../log/reason.ts';
import type { AwaitedView, RunView } from '../view/run-view.ts';
import { clauseText, titleOf } from '../wording/phrases.ts';
import { offeredClauses } from '../wording/undecided.ts';

/** The words for what a run waits for. */
type QuestionWords = {
  /** The state of the run and of its step. */
  readonly state: string;
  /** The question itself. */
  readonly asks: string;
  /** The state in the title of a terminal, where little fits. */
  readonly title: string;
  /** The sign of a run that waits, of a failure, or of an unknown outcome. */
  readonly sign: '!' | '✗' | '?';
};

/** The words for each thing that a run can wait for. */
export const QUESTIONS: { readonly [F in AwaitedFor]: QuestionWords } = {
  start: { state: 'waiting to start', asks: 'Run this step?', title: 'waiting', sign: '!' },
  gate: {
    state: 'needs confirmation',
    asks: 'Confirm this change?',
    title: 'CONFIRM?',
    sign: '!',
  },
  failure: {
    state: 'step failed',
    asks: 'The step failed. What next?',
    title: 'FAILED',
    sign: '✗',
  },
  decision: {
    state: 'needs a decision',
    asks: 'The runbook cannot decide. Which branch?',
    title: 'DECIDE',
    sign: '!',
  },
  unknown: {
    state: 'outcome unknown',
    asks: 'The outcome is unknown. What next?',
    title: 'OUTCOME UNKNOWN',
    sign: '?',
  },
  answer: {
    state: 'needs an answer',
    asks: 'The runbook asks:',
    title: 'ASKS',
    sign: '!',
  },
  report: {
    state: 'needs a report',
    asks: 'Is it done?',
    title: 'ASKS',
    sign: '!',
  },
  stopped: { state: 'stopped', asks: 'Stopped. What next?', title: 'stopped', sign: '!' },
  stuck: {
    state: 'entered too often',
    asks: 'The step was entered too often. What next?',
    title: 'DECIDE',
    sign: '!',
  },
};

/** Returns the question itself; about an unknown outcome it depends on what its check says. */
export function askedText({ for: what, why }: Pick<AwaitedView, 'for' | 'why'>): string {
  return (what === 'unknown' && ASKED_AFTER[outcomeCheckOf(why)]) || QUESTIONS[what].asks;
}

const ASKED_AFTER: { readonly [C in OutcomeCheck]?: string } = {
  passed: 'Its check says that it took effect. Continue?',
  'not-passed': 'Its check says that it has not taken effect so far. Run it again?',
};

/** Returns the words for what a row of a list waits for; undefined if this program does not know it. */
export function questionWords(waitingFor: string | undefined): QuestionWords | undefined {
  return waitingFor !== undefined && Object.hasOwn(QUESTIONS, waitingFor)
    ? QUESTIONS[waitingFor as AwaitedFor]
    : undefined;
}

/** A branch that the operator can choose. */
export type OfferedBranch = {
  /** From 0, in the order of the file. */
  readonly clause: number;
  /** The title of the step that it leads to, and what it would find. */
  readonly leads: string;
  /** Its condition in words. */
  readonly when: string;
};

/** Returns the branches that the operator can choose where the runbook cannot decide. */
export function offeredBranches(
  awaited: Pick<AwaitedView, 'clauses' | 'barred' | 'clause'>,
  view: RunView,
): readonly OfferedBranch[] {
  return offeredClauses(awaited).map(({ clause, shown }) => ({
    clause,
    leads: leadsText(shown, view),
    when: `${clauseText(shown)}${clause === awaited.clause ? ' (could not be evaluated)' : ''}`,
  }));
}

/** The values of a finding are not known before its branch is taken. */
function leadsText({ goto, finding }: ShownClause, view: RunView): string {
  const to = goto === undefined ? 'the next step' : titleOf(view, goto);
  const found = finding?.replaceAll(/\$\{\{.*?\}\}/gs, '…').replaceAll(/\s+/g, ' ');
  return found === undefined ? to : `${to} · ${found.trim().replace(/\.$/, '')}`;
}
