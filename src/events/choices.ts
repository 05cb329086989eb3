import type { AwaitedFor } from './event.ts';
import type { Intent, IntentType } from './intent.ts';
import { jumpNote, jumpTargets } from './jump-note.ts';
import { titleOf } from './phrases.ts';
import type { AwaitedView, RunView } from './view.ts';

/** The name of something an operator can do while the run waits. */
export type ChoiceName =
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
  | 'decline'
  | 'auto'
  | 'leave'
  | 'abort';

/** Something an operator can do now, on a screen or at a prompt. */
export type Choice = {
  readonly name: ChoiceName;
  /** The letter that picks it; `⏎` is the Enter key. */
  readonly key: string;
  readonly label: string;
  /** What it does, for a menu. */
  readonly says: string;
  /** What has to be said with it. */
  readonly asks?: { readonly question: string; readonly required: boolean };
};

type Rule = Choice & { readonly intent: IntentType; readonly when?: readonly AwaitedFor[] };

const RULES: readonly Rule[] = [
  {
    name: 'continue',
    intent: 'continue',
    key: '⏎',
    label: 'go on',
    says: 'go on with the run',
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
    asks: { question: 'What did you see? (goes into the record)', required: false },
  },
  {
    name: 'not-done',
    intent: 'report',
    key: 'f',
    label: 'not done',
    says: 'it could not be done',
    asks: { question: 'What got in the way?', required: true },
  },
  {
    name: 'mark-done',
    intent: 'mark-done',
    key: 'm',
    label: 'mark done',
    says: 'you did it by hand; say what shows it',
    asks: { question: 'What shows that it is done?', required: true },
    when: ['start', 'failure', 'unknown', 'decision', 'stopped', 'stuck'],
  },
  {
    name: 'skip',
    intent: 'skip',
    key: 's',
    label: 'skip',
    says: 'go on without it; say why',
    asks: { question: 'Why skip this step?', required: true },
  },
  {
    name: 'back',
    intent: 'jump',
    key: 'b',
    label: 'back',
    says: 'back to the step before',
  },
  { name: 'jump', intent: 'jump', key: 'j', label: 'jump', says: 'go to another step' },
  {
    name: 'undo',
    intent: 'undo',
    key: 'u',
    label: 'undo',
    says: 'undo what was done',
  },
  {
    name: 'refresh',
    intent: 'refresh',
    key: 'r',
    label: 'read again',
    says: 'read the rows again',
  },
  {
    name: 'decline',
    intent: 'decline',
    key: 'x',
    label: 'decline',
    says: 'do not run it',
    asks: { question: 'Why not? (Enter alone is fine)', required: false },
  },
  {
    name: 'auto',
    intent: 'auto',
    key: 'a',
    label: 'auto',
    says: 'let read-only steps run by themselves',
    when: ['start'],
  },
  {
    name: 'leave',
    intent: 'leave',
    key: 'q',
    label: 'leave',
    says: 'leave the run; it can be resumed',
  },
  {
    name: 'abort',
    intent: 'abort',
    key: 'x',
    label: 'abort',
    says: 'end the run here, for good',
    asks: { question: 'Why end the run?', required: true },
    when: ['failure', 'unknown', 'decision', 'stopped', 'stuck'],
  },
];

/** Returns what the operator can do now, the likeliest first; nothing while the run runs. */
export function choicesOf(view: RunView): readonly Choice[] {
  const { awaited } = view;
  if (awaited === undefined || view.status !== 'waiting') return [];
  return RULES.filter((rule) => applies(rule, awaited, view)).map((rule) =>
    worded(rule, awaited, view),
  );
}

/** Returns the ways out of a run that waits: to leave it, or to end it for good. */
export function waysOutOf(view: RunView): readonly Choice[] {
  const { awaited } = view;
  if (awaited === undefined || view.status !== 'waiting') return [];
  return RULES.filter(
    ({ name, intent }) => (name === 'leave' || name === 'abort') && awaited.can.includes(intent),
  ).map((rule) => worded(rule, awaited, view));
}

function applies(rule: Rule, awaited: AwaitedView, view: RunView): boolean {
  if (!awaited.can.includes(rule.intent)) return false;
  if (rule.when !== undefined && !rule.when.includes(awaited.for)) return false;
  return rule.name !== 'back' || previousStep(view) !== undefined;
}

function worded(
  { intent: _, when: __, ...choice }: Rule,
  awaited: AwaitedView,
  view: RunView,
): Choice {
  const { item, undoable = [] } = awaited;
  const last = view.steps.find(({ id }) => id === undoable.at(-1));
  if (choice.name === 'undo' && last !== undefined)
    return {
      ...choice,
      says: undoable.length === 1 ? `undo “${last.title}”` : 'undo something that was done',
    };
  if (item !== undefined && awaited.for === 'failure') return wordedForItem(choice);
  const previous = choice.name === 'back' ? previousStep(view) : undefined;
  if (previous !== undefined) {
    const question = `Back to “${titleOf(view, previous)}”. ${jumpNote(view, previous)} Why? (Enter alone is fine)`;
    return { ...choice, asks: { question, required: false } };
  }
  if (choice.name !== 'continue' || awaited.for !== 'start') return choice;
  return { ...choice, label: 'run', says: 'run the step' };
}

/** One item of several: what is decided here is decided for this one. */
function wordedForItem(choice: Choice): Choice {
  if (choice.name === 'continue')
    return { ...choice, label: 'next', says: 'leave this item failed and go on with the next' };
  if (choice.name === 'retry') return { ...choice, says: 'run this item again' };
  return choice.name === 'skip' ? { ...choice, says: 'go on without this item; say why' } : choice;
}

/** Returns the step entered before the current one, if it was another. */
export function previousStep(view: RunView): string | undefined {
  const targets = jumpTargets(view).map(({ id }) => id);
  return view.path.findLast((id) => id !== view.current && targets.includes(id));
}

/** Returns the intent that carries out a choice; `said` is what was asked for with it. */
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
    case 'decline':
      return { type: 'decline', reason: said };
    case 'abort':
      return { type: 'abort', reason: said };
    case 'back':
      return { type: 'jump', step: previousStep(view) ?? '', reason: said === '' ? 'back' : said };
  }
}
