import type { Effect } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Phase } from '#runbook/model/terms.ts';
import type { Json } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { EventOf, ShownClause, ShownItem, ShownValue } from '../log/event.ts';
import { isBesideOthers } from '../view/place-in-run.ts';
import type { BranchView, RunView, StepState, StepView } from '../view/run-view.ts';

/** One sign for each state of a step, distinguishable without color. */
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

/** The display names of the phases. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  diagnose: 'Diagnose',
  fix: 'Fix',
  verify: 'Verify',
};

/** The display name of an effect. */
export const EFFECT_WORD: { readonly [E in Effect]: string } = {
  read: 'read-only',
  change: 'CHANGE',
  destructive: 'DESTRUCTIVE',
};

/** The conclusion of a run in which nothing proved a cause. */
export const NO_CAUSE = 'No cause was established.';

/** Returns the duration of a run, up to a time (milliseconds since 1970) or its end. */
export function elapsedMs(view: RunView, now: number): number {
  const end = view.endedAt === undefined ? now : Date.parse(view.endedAt);
  return end - Date.parse(view.startedAt);
}

/** Returns the duration of the actions of a step's last visit, or `undefined` if none ended. */
export function workedMs(step: StepView): number | undefined {
  const ended = step.executions.filter((execution) => execution.ms !== undefined);
  if (ended.length === 0) return undefined;
  return ended.reduce((sum, execution) => sum + (execution.ms ?? 0), 0);
}

/** Formats a value as in an expression. */
export function valueText(value: Json): string {
  return harmlessLine(JSON.stringify(value));
}

/** Returns the informative values of a decision, without the absence of an error. */
export function toldValues({ values }: Pick<BranchView, 'values'>): readonly ShownValue[] {
  return values.filter(({ name, value }) => !(name === 'error.kind' && value === 'none'));
}

/** Returns `name = value` for each value of a condition. */
export function valueTexts(values: readonly ShownValue[]): readonly string[] {
  return values.map(({ name, value }) => `${name} = ${valueText(value)}`);
}

/** The length of a value in a line of prose. */
const BRIEF = 80;

/** Returns `name = value` for each value of a condition, long ones truncated and rows only counted. */
export function briefValueTexts(values: readonly ShownValue[]): readonly string[] {
  return values.map(({ name, value }) => `${name} = ${briefValueText(value)}`);
}

function briefValueText(value: Json): string {
  const isRows = Array.isArray(value) && value.some((row) => typeof row === 'object');
  if (isRows) return counted(value.length, 'row');
  const text = valueText(value);
  return text.length > BRIEF ? `${text.slice(0, BRIEF - 1)}…` : text;
}

/** Returns the name and the message of an error; the message alone if it begins with that name. */
export function errorText(error: StepError): string {
  const said = [error.kind, error.code].filter((part) => part !== undefined).join(' ');
  const isSaid = error.phase === undefined && error.message.startsWith(said);
  return isSaid ? error.message : `${errorName(error)}: ${error.message}`;
}

/** Returns the name of an error: `no_permission · query · 42501`. A kind and a phase may be one word. */
export function errorName({ kind, phase, code }: StepError): string {
  return [...new Set([kind, phase, code])].filter((part) => part !== undefined).join(' · ');
}

/** Returns a clause in words: its condition, or that it is the default. */
export function clauseText(clause: ShownClause): string {
  return clause.condition === undefined ? 'otherwise' : `if ${harmlessLine(clause.condition)}`;
}

/** Returns the item of a repeated step in words: `2 of 5: db2`. */
export function itemText({ index, count, label }: ShownItem): string {
  return `${index} of ${count}: ${harmlessLine(label)}`;
}

/** Returns the items that a gate is for, e.g. `item 2 of 3: shop-2` or `2 items: shop-2, shop-3`, if any. */
export function gateItemText({
  item,
  items,
}: Pick<EventOf<'gate.opened'>, 'item' | 'items'>): string | undefined {
  if (items !== undefined)
    return `${counted(items.length, 'item')}: ${items.map(({ label }) => harmlessLine(label)).join(', ')}`;
  return item && `item ${itemText(item)}`;
}

/** Returns which items a gate is for, and that its run has ended, as far as either is so. */
export function gatePlaceTexts(
  gate: Pick<EventOf<'gate.opened'>, 'item' | 'items' | 'ended'>,
): readonly string[] {
  const items = gateItemText(gate);
  const { ended } = gate;
  const end = ended === 'aborted' ? 'was aborted' : `has ended ${ended}`;
  return [
    ...(items === undefined ? [] : [`For ${items}`]),
    ...(ended === undefined ? [] : [`Final step: the run ${end}`]),
  ];
}

/** Returns a step's title if it runs beside others, to tell their output apart. */
export function nameBesideOthers(view: RunView, id: string): string | undefined {
  return isBesideOthers(view, id) ? titleOf(view, id) : undefined;
}

/** Returns a step's title, or its ID if the run has no such step. */
export function titleOf(view: RunView, id: string): string {
  const all = [...view.steps, ...(view.adhoc ?? [])];
  return all.find((step) => step.id === id)?.title ?? id;
}

/** Returns how the action of a gate can be undone, or why it cannot. */
export function undoText({ undo }: { readonly undo?: string | undefined }): string {
  if (undo === undefined) return 'Undo: unknown';
  return undo.startsWith('It can be undone') ? undo : `Cannot be undone: ${undo}`;
}
