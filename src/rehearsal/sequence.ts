import type { Expected, ExpectedList } from './cases/case.ts';

/** Where what happened leaves what was expected. */
export type Divergence<T> = {
  /** The index of the first thing that happened and was not expected; the length when nothing more did. */
  readonly at: number;
  /** What was expected there; undefined when nothing more was. */
  readonly expected: Expected<T> | undefined;
};

/**
 * Returns where a list of things that happened leaves an expected list, or undefined when it fits:
 * each entry stands for one thing, `...` for any number of them. Of several ways to fit, the one that
 * comes furthest is the one that is reported.
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
  /** Places that have been tried: without them, many `...` would take very long. */
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
