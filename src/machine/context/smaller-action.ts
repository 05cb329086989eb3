import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';

/**
 * Returns true if a statement rendered from some of the rows does no more than the one from all of
 * them: it binds a subset of the values, in order, and no others.
 */
export function isPartOf(some: Action, all: Action): boolean {
  if (some.kind !== 'sql' || all.kind !== 'sql') return false;
  let at = 0;
  for (const value of all.values) {
    if (textOf(some.values[at]) === textOf(value)) at += 1;
  }
  return at === some.values.length;
}

function textOf(value: Json | undefined): string | undefined {
  return JSON.stringify(value);
}
