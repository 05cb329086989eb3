import type { Key } from '../terminal/key.ts';
import { motionOf, movedBy } from './motion.ts';
import { EMPTY_INPUT, edit, type TextInput, textOf } from './text-input.ts';

/** A list with a cursor that can be searched. */
export type ListState = {
  /** The index of the selected entry. */
  readonly cursor: number;
  /** The text that `n` and `N` look for. */
  readonly query?: string;
  /** The search being typed. */
  readonly search?: TextInput;
};

/** The number of entries of a page in a list. */
const PAGE = 10;

/** Returns the index of the selected entry of `count` after a key, or `undefined`. */
export function cursorAfter(key: Key, cursor: number, count: number): number | undefined {
  const motion = motionOf(key, PAGE, { letters: true });
  return motion === undefined ? undefined : movedBy(motion, cursor, Math.max(0, count - 1));
}

/**
 * Returns the list after a key that moves in it or searches it; `undefined` for other keys. A search
 * moves to the next entry with its text as it is typed.
 */
export function pressList<L extends ListState>(
  list: L,
  key: Key,
  titles: readonly string[],
): L | undefined {
  if (list.search !== undefined) return pressSearch(list, list.search, key, titles);
  const cursor = cursorAfter(key, list.cursor, titles.length);
  if (cursor !== undefined) return { ...list, cursor };
  if (key.name !== 'text') return undefined;
  if (key.text === '/') return { ...list, search: EMPTY_INPUT };
  const { query = '' } = list;
  if (key.text === 'n')
    return { ...list, cursor: nextOf(titles, query, list.cursor + 1) ?? list.cursor };
  if (key.text === 'N') {
    const back = titles.toReversed();
    const at = nextOf(back, query, titles.length - list.cursor);
    return { ...list, cursor: at === undefined ? list.cursor : titles.length - 1 - at };
  }
  return undefined;
}

function pressSearch<L extends ListState>(
  list: L,
  search: TextInput,
  key: Key,
  titles: readonly string[],
): L {
  const { search: _, ...rest } = list;
  // The rest is the same list without its search.
  const closed = rest as L;
  if (key.name === 'escape') return closed;
  if (key.name === 'enter') return { ...closed, query: textOf(search) };
  const next = edit(search, key) ?? search;
  const cursor = nextOf(titles, textOf(next), list.cursor) ?? list.cursor;
  return { ...list, search: next, cursor };
}

/** Returns the first entry from an index on, around the end, that has a text, ignoring case. */
function nextOf(titles: readonly string[], query: string, from: number): number | undefined {
  const wanted = query.toLowerCase();
  if (wanted === '') return undefined;
  const order = titles.map((_, index) => (from + index) % titles.length);
  return order.find((index) => titles[index]?.toLowerCase().includes(wanted));
}
