import { agreeing } from '#text/count.ts';
import type { AwaitedView } from '../view/run-view.ts';

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
