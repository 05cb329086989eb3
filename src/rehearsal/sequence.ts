import type { Expected, ExpectedList } from './cases/case.ts';

/** The first difference between actual and expected items. */
export type Divergence<T> = {
  /** The index of the first unexpected item, or the number of items if one is missing. */
  readonly at: number;
  /** The expected item at that point; undefined if no more were expected. */
  readonly expected: Expected<T> | undefined;
};

/**
 * Returns the first difference between a list and an expected list, or undefined if it matches:
 * each entry matches one item, `...` any number of them. Of several possible matches, the one that
 * gets furthest is reported.
 */
export function divergence<T, A>(
  list: ExpectedList<T>,
  actual: readonly A[],
  fits: (expected: T, actual: A) => boolean,
): Divergence<T> | undefined {
  let furthest: Divergence<T> = { at: -1, expected: undefined };
  const leaves = (at: number, expected: Expected<T> | undefined): false => {
    if (at > furthest.at) furthest = { at, expected };
    return false;
  };
  /** Positions already tried: without them, many `...` would take very long. */
  const tried = new Set<number>();
  const match = (entry: number, at: number): boolean => {
    const key = entry * (actual.length + 1) + at;
    if (tried.has(key)) return false;
    tried.add(key);
    const next = list.entries[entry];
    if (next === undefined) return at === actual.length || leaves(at, undefined);
    if ('any' in next) return match(entry + 1, at) || (at < actual.length && match(entry, at + 1));
    const happened = actual[at];
    if (at >= actual.length || happened === undefined || !fits(next.value, happened))
      return leaves(at, next);
    return match(entry + 1, at + 1);
  };
  return match(0, 0) ? undefined : furthest;
}
