import { agreeing } from '#text/count.ts';
import type { ShownClause } from '../log/event.ts';
import type { AwaitedView, RunView } from '../view/run-view.ts';
import { titleOf } from './phrases.ts';

const TYPE: Readonly<Record<string, string>> = {
  null: 'no value',
  string: 'a text',
  int: 'a number',
  double: 'a number',
  bool: 'true or false',
  list: 'a list',
  map: 'a record',
};

/** Matches a CEL message about operand types: `null > int has no value`. */
const NOT_MADE_FOR = /^!?(\w+) (\S+) (\w+) has no value$/;

/** Describes why a condition could not be decided; undefined if unknown. */
export function undecidedText({
  reason,
  values = [],
}: Pick<AwaitedView, 'reason' | 'values'>): string | undefined {
  const [, left = '', , right = ''] = NOT_MADE_FOR.exec(reason ?? '') ?? [];
  const one = TYPE[left];
  const other = TYPE[right];
  if (one === undefined || other === undefined) return reason;
  const missing = values.filter(({ value }) => value === null).map(({ name }) => name);
  if ((left === 'null' || right === 'null') && missing.length > 0)
    return `${missing.join(' and ')} ${agreeing(missing.length, 'has', 'have')} no value, so the condition is neither true nor false.`;
  return `It compares ${one} with ${other}, so the condition is neither true nor false.`;
}

type Undecided = Pick<AwaitedView, 'clauses' | 'barred'>;

/** Returns the clauses that the operator can choose, with their numbers from 0. */
export function offeredClauses({
  clauses = [],
  barred = [],
}: Undecided): readonly { readonly clause: number; readonly shown: ShownClause }[] {
  return clauses.flatMap((shown, clause) => (barred.includes(clause) ? [] : [{ clause, shown }]));
}

/** Returns whether the operator can choose a clause, or, as `null`, the next step. */
export function isOffered(
  { clauses = [], barred = [] }: Undecided,
  clause: number | null,
): boolean {
  return !barred.includes(clause) && (clause === null || clause < clauses.length);
}

/** Returns the numbers that choose a branch: `0–3`, where 0 is the next step, or `2, 3` of some. */
export function offeredNumbers(awaited: Undecided): string {
  const { clauses = [], barred = [] } = awaited;
  if (barred.length === 0) return `0–${clauses.length}`;
  const numbers = offeredClauses(awaited).map(({ clause }) => clause + 1);
  return [...(isOffered(awaited, null) ? [0] : []), ...numbers].join(', ');
}

/** Returns why some branches are not offered; undefined if all are. */
export function barredText(
  { clauses = [], barred = [] }: Undecided,
  view: RunView,
): string | undefined {
  const ends = barred.flatMap((clause) => {
    const goto = clause === null ? undefined : clauses[clause]?.goto;
    return goto === undefined ? [] : [`“${titleOf(view, goto)}”`];
  });
  if (barred.length === 0) return undefined;
  const what = ends.length === 0 ? 'The end that follows' : [...new Set(ends)].join(' and ');
  return `${what} cannot be chosen: this step failed, so nothing has shown that the incident is over.`;
}
