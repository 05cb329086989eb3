import type { EventOf, ShownAction } from '#events/log/event.ts';
import { itemText } from '#events/wording/phrases.ts';
import type { Found, ItemChange, TargetFacts } from '#machine/context.ts';
import { defaultTimeoutMs } from '#runbook/model/terms.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Action, HttpAction, ShellAction, SqlAction } from '#safety/actions/action.ts';
import { describePlace, type Place } from '#safety/actions/place.ts';
import { secretParameters } from '#safety/actions/secret-parameters.ts';
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
  if (action.kind === 'probe') {
    const secret = secretParameters(action).map(({ name }) => name);
    const values = Object.entries(action.params).map(
      ([name, value]) =>
        `${name}: ${secret.includes(name) ? `‹secret:${name}›` : shownValue(value)}`,
    );
    return { kind: 'probe', text: `probe ${action.probe}`, values, where: 'here' };
  }
  if (action.kind === 'http') return shownRequest(action);
  const where = whereOf(action, places);
  // A read has no gate; its limits are in the runbook.
  const settings = action.readOnly ? [] : [...settingsOf(action), ...urlsOf(action, places)];
  const rest = settings.length === 0 ? {} : { settings };
  if (action.kind === 'sql')
    return {
      kind: 'sql',
      text: action.text,
      values: action.values.map(shownValue),
      where,
      ...rest,
    };
  return {
    kind: 'shell',
    text: action.script,
    values: Object.entries(action.env).map(([name, value]) => `${name}=${value}`),
    where,
    ...(action.cwd === undefined ? {} : { cwd: action.cwd }),
    ...(action.stdin === undefined ? {} : { stdin: action.stdin }),
    ...rest,
  };
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
    where:
      action.kind === 'http'
        ? new URL(action.url).origin
        : foundAt(found, shownAction(action, places)).where,
  }));
}

function urlsOf(action: Action, { targets }: Places): readonly string[] {
  return action.kind === 'shell' ? urlsOfScript(action, targets) : [];
}

function settingsOf(action: SqlAction | ShellAction): readonly string[] {
  const { kind, timeoutMs } = action;
  const isUsual = timeoutMs === defaultTimeoutMs(kind);
  const limit = isUsual ? [] : [`time limit ${wholeTime(timeoutMs)}`];
  if (kind === 'sql') return limit;
  const { okExit, parse, interactive } = action;
  const isZero = okExit.length === 1 && okExit[0] === 0;
  return [
    ...limit,
    ...(interactive ? ['has this terminal while it runs'] : []),
    ...(isZero ? [] : [`exit codes ${okExit.join(', ')} succeed`]),
    ...(parse === 'text' ? [] : [`output read as ${parse}`]),
  ];
}

/** A request is shown as it is sent: its line, its headers, and its body. */
function shownRequest({ method, url, headers, body, ...rest }: HttpAction): ShownAction {
  const lines = [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['', body]),
  ];
  const { timeoutMs, okStatus, ca, readOnly } = rest;
  const isUsual = timeoutMs === defaultTimeoutMs('http');
  const settings = [
    ...(isUsual ? [] : [`time limit ${wholeTime(timeoutMs)}`]),
    ...(okStatus.length === 0 ? [] : [`statuses ${okStatus.join(', ')} succeed`]),
    ...(ca === undefined ? [] : [`trusts ${ca}`]),
  ];
  return {
    kind: 'http',
    text: lines.join('\n'),
    values: [],
    where: 'here',
    ...(readOnly || settings.length === 0 ? {} : { settings }),
  };
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

function shownValue(value: Json): string {
  return value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
}
