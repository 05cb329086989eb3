import type { Intent } from '../log/intent.ts';
import { outcomeCheckOf } from '../log/reason.ts';
import { jumpTargets } from '../view/jump-targets.ts';
import { isOpening } from '../view/opening.ts';
import type { AwaitedView, RunView } from '../view/run-view.ts';
import {
  ALSO_OPENING,
  type Choice,
  type ChoiceName,
  OPENING,
  RULES,
  type Rule,
} from './choice-rules.ts';
import { jumpNote } from './jump-note.ts';
import { titleOf } from './phrases.ts';
import { rowsNamed } from './row-groups.ts';

export type { Choice, ChoiceName } from './choice-rules.ts';

/** Returns the current choices of the operator, most likely first; none while the run runs. */
export function choicesOf(view: RunView): readonly Choice[] {
  const { awaited } = view;
  if (awaited === undefined || view.status !== 'waiting') return [];
  if (isOpening(view)) return openingChoices(awaited);
  return inOrder(awaited)
    .filter((rule) => applies(rule, awaited, view))
    .map((rule) => worded(rule, awaited, view));
}

/**
 * A change without effect, by its check, is run again. A login that can be corrected comes first;
 * continuing with the failure comes after that.
 */
function inOrder({ login, why }: AwaitedView): readonly Rule[] {
  if (outcomeCheckOf(why) === 'not-passed')
    return RULES.toSorted((a, b) => Number(b.name === 'retry') - Number(a.name === 'retry'));
  if (login !== true) return RULES;
  const first = RULES.filter(({ name }) => name === 'edit' || name === 'retry').toReversed();
  return [...first, ...RULES.filter((rule) => !first.includes(rule))];
}

/** Returns the exits of a waiting run: leave it, or abort it. */
export function waysOutOf(view: RunView): readonly Choice[] {
  const { awaited } = view;
  if (awaited === undefined || view.status !== 'waiting') return [];
  return RULES.filter(
    (rule) => (rule.name === 'leave' || rule.name === 'abort') && isPossible(rule, awaited, view),
  ).map((rule) => worded(rule, awaited, view));
}

function openingChoices({ can }: AwaitedView): readonly Choice[] {
  const also = RULES.filter(({ name }) => ALSO_OPENING.includes(name));
  return [...OPENING, ...also].filter(({ intent }) => can.includes(intent));
}

/** Who leaves a run of a team only stops looking at it. */
function isPossible({ name, intent }: Rule, { can }: AwaitedView, { ofTeam }: RunView): boolean {
  return can.includes(intent) || (name === 'leave' && ofTeam === true);
}

function applies(rule: Rule, awaited: AwaitedView, view: RunView): boolean {
  if (!isPossible(rule, awaited, view)) return false;
  if (rule.when !== undefined && !rule.when.includes(awaited.for)) return false;
  // Enter, pressed by habit, does not pass the gate of a dry run.
  if (rule.name === 'continue' && awaited.for === 'gate') return false;
  if (rule.name === 'auto') return awaited.for === 'start' || view.auto;
  return rule.name !== 'back' || previousStep(view) !== undefined;
}

function worded(
  { intent: _, when: __, ...choice }: Rule,
  awaited: AwaitedView,
  view: RunView,
): Choice {
  const isForItem = awaited.item !== undefined && awaited.for === 'failure';
  if (isForItem && choice.name !== 'undo') return wordedForItem(choice);
  return { ...choice, ...wordsFor(choice.name, awaited, view) };
}

/** Returns the wording of a choice where it depends on the context. */
function wordsFor(name: ChoiceName, awaited: AwaitedView, view: RunView): Partial<Choice> {
  switch (name) {
    case 'continue':
      return wordsForContinue(awaited, view);
    case 'retry':
      return awaited.for === 'unknown' ? RUN_AGAIN : {};
    case 'edit':
      if (awaited.login) return { says: 'correct the login, then run it again' };
      return awaited.for === 'start' ? { says: 'change inputs, then run it' } : {};
    case 'auto':
      return view.auto ? STEP_BY_STEP : {};
    case 'leave':
      return view.ofTeam ? { says: 'leave; the run continues' } : {};
    case 'undo':
      return wordsForUndo(awaited, view);
    case 'back':
      return wordsForBack(view);
    default:
      return {};
  }
}

/** Where the runbook has no branch for the failure of a stopped step, the failure is asked about. */
const FOLLOW_RUNBOOK = {
  label: 'follow the runbook',
  says: 'continue as the runbook says about this failure; if it says nothing, you are asked again',
} as const;

function wordsForContinue(awaited: AwaitedView, view: RunView): Partial<Choice> {
  if (awaited.for === 'start') return { label: 'run', says: 'run the step' };
  // Not Enter, which would be pressed by habit.
  if (awaited.login) return { key: 'w', label: 'continue', says: 'continue as the runbook says' };
  if (awaited.for === 'unknown') return { says: 'continue: it took effect' };
  if (awaited.error !== undefined) return FOLLOW_RUNBOOK;
  const title = titleOf(view, awaited.step);
  return { says: `continue ${isOver(view, awaited) ? 'after' : 'with'} “${title}”` };
}

const RUN_AGAIN = { says: 'run it again, through a new gate' } as const;

const STEP_BY_STEP = { label: 'step by step', says: 'wait for Enter before every step' } as const;

function wordsForUndo({ undoable = [] }: AwaitedView, view: RunView): Partial<Choice> {
  const last = view.steps.find(({ id }) => id === undoable.at(-1));
  if (last === undefined) return {};
  return {
    says: undoable.length === 1 ? `undo “${last.title}”` : 'undo a change',
  };
}

function wordsForBack(view: RunView): Partial<Choice> {
  const step = previousStep(view);
  if (step === undefined) return {};
  const question = `Back to “${titleOf(view, step)}”. ${jumpNote(view, step)} Why? (optional)`;
  return { asks: { question, required: false } };
}

/** A run can be stopped after a step: the transition is not decided yet. */
function isOver(view: RunView, { step }: AwaitedView): boolean {
  const state = view.steps.find(({ id }) => id === step)?.state;
  return state === 'succeeded' || state === 'done-by-hand' || state === 'skipped';
}

/** A decision about one item of several applies to that item. */
function wordedForItem(choice: Choice): Choice {
  if (choice.name === 'continue')
    return {
      ...choice,
      label: 'stop here',
      says: 'leave it failed; items that have not begun are not run',
    };
  if (choice.name === 'retry') return { ...choice, says: 'run this item again' };
  return choice.name === 'skip' ? { ...choice, says: 'skip this item; give a reason' } : choice;
}

/** Returns the step entered before the current one, if it differs. */
export function previousStep(view: RunView): string | undefined {
  const targets = jumpTargets(view).map(({ id }) => id);
  return view.path.findLast((id) => id !== view.current && targets.includes(id));
}

/** Returns the intent of a choice; `said` is the text entered with it. */
export function intentOf(
  name: Exclude<ChoiceName, 'edit' | 'jump' | 'undo'>,
  view: RunView,
  said: string,
): Intent {
  switch (name) {
    case 'continue':
    case 'recheck':
    case 'retry':
    case 'refresh':
    case 'leave':
      return { type: name };
    case 'start':
      return { type: 'auto', on: true };
    case 'stepwise':
      return { type: 'auto', on: false };
    case 'auto':
      return { type: 'auto', on: !view.auto };
    case 'done':
      return { type: 'report', done: true, evidence: said };
    case 'not-done':
      return { type: 'report', done: false, evidence: said };
    case 'mark-done':
      return { type: 'mark-done', evidence: said };
    case 'skip':
      return { type: 'skip', reason: said };
    case 'leave-out':
      return { type: name, digest: view.gate?.digest ?? '', ...rowsNamed(view.gate, said) };
    case 'decline':
      return { type: 'decline', reason: said };
    case 'abort':
      return { type: 'abort', reason: said };
    case 'back':
      return { type: 'jump', step: previousStep(view) ?? '', reason: said === '' ? 'back' : said };
  }
}
