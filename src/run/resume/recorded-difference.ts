import type { RunEvent } from '#events/log/event.ts';
import type { Json } from '#runbook/model/value.ts';
import { words } from '#text/words.ts';

/** Returns the build in the name of a program; the version of Node decides nothing. */
export function buildOf(program: string): string {
  return program.split(' on Node ', 1)[0] ?? program;
}

const MASK = /‹secret:[^›]*›/u;

/** Returns whether a recorded text contains the mask of a secret. */
export function hasMask(recorded: string): boolean {
  return MASK.test(recorded);
}

/**
 * Returns whether a text may have been recorded this way: a mask matches any text, all else is
 * compared.
 */
export function matchesRecorded(recorded: string, text: string): boolean {
  const [first = '', ...others] = recorded.split(MASK);
  const last = others.pop();
  if (last === undefined) return recorded === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * Returns the first field, e.g. `action.text`, in which an event that the machine derives again
 * differs from the recorded one, or undefined if there is none. Ignores masked parts, since secrets
 * may have other names or values by now, and digests of masked content.
 */
export function firstDifference(recorded: RunEvent, decided: RunEvent): string | undefined {
  const holdsSecret = hasMask(JSON.stringify(recorded));
  const compared = (event: RunEvent): Json => {
    // Values that JSON drops, such as undefined, are not a difference.
    const { digest, ...rest } = JSON.parse(JSON.stringify(event)) as { [field: string]: Json };
    return holdsSecret || digest === undefined ? rest : { ...rest, digest };
  };
  return differenceIn(compared(recorded), compared(decided), '');
}

/** The fields that say where a run goes; all else of an event is what was shown or done. */
const COURSE: readonly string[] = words(
  'step part attempt effect by status answer for clause goto outcome simulated',
);

/**
 * Returns the first field in which an event that this build derives leads the run elsewhere than the
 * recorded one of another build, or undefined if both go on alike.
 */
export function otherCourse(recorded: RunEvent, decided: RunEvent): string | undefined {
  const [was, is] = [new Map(Object.entries(recorded)), new Map(Object.entries(decided))];
  const differs = COURSE.find((field) => was.get(field) !== is.get(field));
  return differs ?? (itemOf(recorded) === itemOf(decided) ? undefined : 'item');
}

function itemOf(event: RunEvent): number | undefined {
  return 'item' in event ? event.item?.index : undefined;
}

function differenceIn(recorded: Json | undefined, decided: Json, path: string): string | undefined {
  if (isNested(recorded) && isNested(decided)) return differenceInside(recorded, decided, path);
  if (typeof recorded !== 'string' || isNested(decided))
    return recorded === decided ? undefined : path;
  // A secret number is recorded as a mask.
  const isText = typeof decided === 'string' || hasMask(recorded);
  return isText && matchesRecorded(recorded, String(decided)) ? undefined : path;
}

function differenceInside(recorded: Nested, decided: Nested, path: string): string | undefined {
  if (Array.isArray(recorded) !== Array.isArray(decided)) return path;
  for (const field of new Set([...Object.keys(recorded), ...Object.keys(decided)])) {
    const inner = path === '' ? field : `${path}.${field}`;
    const [was, is] = [recorded[field], decided[field]];
    const difference = is === undefined ? inner : differenceIn(was, is, inner);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

type Nested = { readonly [field: string]: Json };

function isNested(value: Json | undefined): value is Nested {
  return typeof value === 'object' && value !== null;
}
