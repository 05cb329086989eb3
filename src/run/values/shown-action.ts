import type { EventOf, ShownAction } from '#events/log/event.ts';
import { itemText } from '#events/wording/phrases.ts';
import type { Found, ItemChange, TargetFacts } from '#machine/context.ts';
import { defaultTimeoutMs } from '#runbook/kinds/action-kinds.ts';
import { type Action, isReadOnly } from '#safety/actions/action.ts';
import { describePlace, type Place } from '#safety/actions/place.ts';
import { type RenderedAction, rulesOf } from '#safety/kinds/rules.ts';
import { counted } from '#text/count.ts';
import { formatSeconds } from '#text/duration.ts';
import { urlsOfScript } from './urls-of-script.ts';

/** The facts about the run that the display of an action depends on. */
export type Places = { readonly targets: Readonly<Record<string, TargetFacts>> };

/** Returns an action for display, with everything that a confirmation covers. */
export function shownAction(action: Action, places: Places): ShownAction {
  if (action.kind === 'wait')
    return { kind: 'wait', text: `wait ${wholeTime(action.ms)}`, values: [], where: 'here' };
  if (action.kind === 'connect') {
    const { script, target } = action;
    const text =
      script === undefined
        ? 'connect, to learn whether it is MySQL or MariaDB'
        : 'look who answers there, and where the folder leads';
    return { kind: 'connect', text, values: [], where: whereOf({ target, ...script }, places) };
  }
  const { settings: own = [], address: _, ...parts } = rulesOf(action.kind).show(action);
  const where = 'target' in action ? whereOf(action, places) : 'here';
  // A read has no gate; its limits are in the runbook.
  const settings = isReadOnly(action)
    ? []
    : [...limitOf(action), ...own, ...urlsOf(action, places)];
  const { kind } = action;
  return { kind, ...parts, where, ...(settings.length === 0 ? {} : { settings }) };
}

/**
 * Returns the actions of several items as one, for a gate: each in full, below a comment with its item, its place and
 * its values.
 */
export function shownTogether(changes: readonly ItemChange[], places: Places): ShownAction {
  const all = changes.map(({ item, action, found }) => ({
    item,
    urls: urlsOf(action, places),
    shown: foundAt(found, shownAction(action, places)),
  }));
  const [first] = all;
  if (first === undefined) throw new Error('a gate has at least one change');
  const { kind, where, ...rest } = first.shown;
  const isAlike = all.every(({ shown }) => shown.where === where);
  const mark = kind === 'sql' ? '--' : '#';
  const texts = all.map(({ item, urls, shown }) => {
    const { cwd, stdin } = shown;
    const head = [
      `${itemText(item)}${isAlike ? '' : ` · ${shown.where}`}`,
      ...shown.values.map((value, at) => (kind === 'sql' ? `$${at + 1} = ${value}` : value)),
      ...(cwd === undefined ? [] : [`folder: ${cwd}`]),
      ...(stdin === undefined ? [] : [`standard input: ${stdin.trimEnd()}`]),
      ...urls,
    ];
    // A value of several lines stays as it is: a secret is masked by its whole text.
    return [...head.map((line) => `${mark} ${line}`), shown.text.trim()].join('\n');
  });
  const settings = rest.settings?.filter((line) => !first.urls.includes(line));
  return {
    kind,
    text: texts.join('\n\n'),
    values: [],
    where: isAlike ? where : counted(all.length, 'place'),
    ...(settings === undefined || settings.length === 0 ? {} : { settings }),
  };
}

/** Returns the items of a gate for several, each with the place that its action changes. */
export function gateItems(
  changes: readonly ItemChange[],
  places: Places,
): NonNullable<EventOf<'gate.opened'>['items']> {
  return changes.map(({ item: { label }, action, found }) => ({
    label,
    where: addressOf(action) ?? foundAt(found, shownAction(action, places)).where,
  }));
}

function urlsOf(action: Action, { targets }: Places): readonly string[] {
  return action.kind === 'shell' ? urlsOfScript(action, targets) : [];
}

function addressOf(action: Action): string | undefined {
  return action.kind === 'wait' || action.kind === 'connect'
    ? undefined
    : rulesOf(action.kind).show(action).address;
}

function limitOf({ kind, timeoutMs }: RenderedAction): readonly string[] {
  return timeoutMs === defaultTimeoutMs(kind) ? [] : [`time limit ${wholeTime(timeoutMs)}`];
}

function wholeTime(ms: number): string {
  return ms % 1_000 === 0 ? formatSeconds(ms) : `${ms} ms`;
}

/** Returns an action for a gate: with who answers at its place, and the folder without links. */
export function foundAt(found: Found | undefined, action: ShownAction): ShownAction {
  const { shown, folder } = found ?? {};
  const { where, cwd } = action;
  return {
    ...action,
    where: shown === undefined ? where : `${where} · ${shown}`,
    ...(folder === undefined || folder === cwd ? {} : { cwd: `${cwd} → ${folder}` }),
  };
}

function whereOf(
  { target: name, place }: { readonly target: string; readonly place?: Place },
  { targets }: Places,
): string {
  if (place !== undefined) return describePlace(place);
  const target = targets[name];
  return target === undefined ? name : `${name} · ${target.description}`;
}
