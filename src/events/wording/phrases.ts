import type { Effect } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { ShownClause, ShownItem, ShownValue } from '../log/event.ts';
import { isBesideOthers } from '../view/place-in-run.ts';
import type { BranchView, RunView, StepState, StepView } from '../view/run-view.ts';

/** One sign for each state of a step, told apart without colour. */
export const STATE_SIGN: { readonly [S in StepState]: string } = {
  waiting: '·',
  current: '▸',
  running: '▶',
  succeeded: '✓',
  failed: '✗',
  skipped: '⊘',
  'done-by-hand': '✎',
  simulated: '≈',
  undone: '↶',
  unknown: '?',
  'not-taken': '–',
};

/** Each state of a step in a word or two. */
export const STATE_WORD: { readonly [S in StepState]: string } = {
  waiting: 'not reached',
  current: 'reached',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  skipped: 'skipped',
  'done-by-hand': 'done by hand',
  simulated: 'simulated',
  undone: 'undone',
  unknown: 'outcome unknown',
  'not-taken': 'not taken',
};

/** What an effect means to the person who starts the step. */
export const EFFECT_WORD: { readonly [E in Effect]: string } = {
  read: 'read-only',
  change: 'CHANGE',
  destructive: 'DESTRUCTIVE',
};

/** Returns how long the run has taken at a moment (milliseconds since 1970), or took. */
export function elapsedMs(view: RunView, now: number): number {
  const end = view.endedAt === undefined ? now : Date.parse(view.endedAt);
  return end - Date.parse(view.startedAt);
}

/** Returns the time the actions of a step's last visit took, or `undefined` when none ended. */
export function workedMs(step: StepView): number | undefined {
  const ended = step.executions.filter((execution) => execution.ms !== undefined);
  if (ended.length === 0) return undefined;
  return ended.reduce((sum, execution) => sum + (execution.ms ?? 0), 0);
}

/** Returns a value as it is written in an expression. */
export function valueText(value: Json): string {
  return harmlessLine(JSON.stringify(value));
}

/** Returns the values of a decision that tell something: that there was no error is no news. */
export function toldValues({ values }: Pick<BranchView, 'values'>): readonly ShownValue[] {
  return values.filter(({ name, value }) => !(name === 'error.kind' && value === 'none'));
}

/** Returns `name = value` for each value of a condition. */
export function valueTexts(values: readonly ShownValue[]): readonly string[] {
  return values.map(({ name, value }) => `${name} = ${valueText(value)}`);
}

/** Returns what an error is called: `no_permission · query · 42501`. */
export function errorName(error: StepError): string {
  return [error.kind, error.phase, error.code].filter((part) => part !== undefined).join(' · ');
}

/** Returns a clause in words: its condition, or that it is the default. */
export function clauseText(clause: ShownClause): string {
  return clause.condition === undefined ? 'otherwise' : `if ${harmlessLine(clause.condition)}`;
}

/** Returns which item of a repeated step something is about: `2 of 5: db2`. */
export function itemText({ index, count, label }: ShownItem): string {
  return `${index} of ${count}: ${harmlessLine(label)}`;
}

/** Returns a step's title where it runs beside others, so that what is said of each can be told apart. */
export function nameBesideOthers(view: RunView, id: string): string | undefined {
  return isBesideOthers(view, id) ? titleOf(view, id) : undefined;
}

/** Returns a step's title, or its id when the run has no such step. */
export function titleOf(view: RunView, id: string): string {
  const all = [...view.steps, ...(view.adhoc ?? [])];
  return all.find((step) => step.id === id)?.title ?? id;
}
