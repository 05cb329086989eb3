import { EvaluationError } from '@marcbachmann/cel-js';
import { listOf, NUMBER, type ValueType } from '../model/value-type.ts';

/** A method of lists that CEL itself lacks. */
export type ListMethod = {
  /** Its result, for the help of editors. */
  readonly gives: string;
  readonly meaning: string;
  /** Returns the type of its result for items of a type. */
  readonly type: (item: ValueType) => ValueType;
  /** Returns its result; throws an `EvaluationError` if the list has none. */
  readonly of: (items: readonly unknown[]) => unknown;
};

const sameItem = (item: ValueType) => item;

/** The methods of lists that CEL itself lacks. Each has no value for items that it cannot compare. */
export const LIST_METHODS: Readonly<Record<string, ListMethod>> = {
  sum: {
    gives: 'number',
    meaning: 'the sum of the numbers; 0 of none',
    type: () => NUMBER,
    of: (items) => items.map(numberOf).reduce(added, 0n),
  },
  min: {
    gives: 'value',
    meaning: 'the smallest number, or the first text of the alphabet',
    type: sameItem,
    of: (items) => atLeastOne(sorted(items), 'min')[0],
  },
  max: {
    gives: 'value',
    meaning: 'the largest number, or the last text of the alphabet',
    type: sameItem,
    of: (items) => atLeastOne(sorted(items), 'max').at(-1),
  },
  sorted: {
    gives: 'list',
    meaning: 'the numbers or texts, the smallest first',
    type: listOf,
    of: sorted,
  },
  last: {
    gives: 'value',
    meaning: 'the last item',
    type: sameItem,
    of: (items) => atLeastOne(items, 'last').at(-1),
  },
};

/** CEL's whole numbers are of type bigint, its decimals of type number. */
function numberOf(item: unknown): bigint | number {
  if (typeof item === 'number' || typeof item === 'bigint') return item;
  throw new EvaluationError(`sum() adds numbers, and one item is ${nameOf(item)}`);
}

function added(one: bigint | number, other: bigint | number): bigint | number {
  if (typeof one === 'bigint' && typeof other === 'bigint') return one + other;
  return Number(one) + Number(other);
}

function sorted(items: readonly unknown[]): readonly unknown[] {
  const kinds = new Set(items.map(nameOf));
  const [kind = 'a number'] = kinds;
  if (kinds.size > 1 || (kind !== 'a number' && kind !== 'a text'))
    throw new EvaluationError(
      `only numbers, or only texts, have an order: there is ${[...kinds].join(' and ')}`,
    );
  return items.toSorted((one, other) => {
    const [a, b] = [one, other] as [number, number];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function atLeastOne(items: readonly unknown[], method: string): readonly unknown[] {
  if (items.length > 0) return items;
  throw new EvaluationError(`${method}() of an empty list has no value`);
}

function nameOf(item: unknown): string {
  if (item === null || item === undefined) return 'null';
  if (typeof item === 'number' || typeof item === 'bigint') return 'a number';
  if (typeof item === 'string') return 'a text';
  if (typeof item === 'boolean') return 'true or false';
  return Array.isArray(item) ? 'a list' : 'a mapping';
}
