import type { Key } from '../terminal/key.ts';

/** Shown for a burst on a page where letters are keys. */
export const SEVERAL_KEYS = 'Several keys at once: nothing was done.';

/** The time within which keys after a burst belong to it: a long text arrives in several pieces. */
const GOES_ON_MS = 300;

/** The name of a key, with the text that it types. */
type Sign = { readonly name: string; readonly text?: string };

/**
 * Returns whether the keys of one piece of input are several: pasted, or typed without looking. The
 * same key again and again is one that is held down.
 */
export function areSeveral(keys: readonly Sign[]): boolean {
  const [first] = keys;
  return keys.some(({ name, text }) => name !== first?.name || text !== first.text);
}

/** Returns whether a key is one of a burst, which is text: a page of single keys takes none of it. */
export function isOfBurst(
  key: Key,
  { isOfSeveral, now }: { readonly isOfSeveral?: boolean | undefined; readonly now: number },
  burstAt: number | undefined,
): boolean {
  if (key.name === 'paste' || isOfSeveral === true) return true;
  const goesOn = burstAt !== undefined && now - burstAt < GOES_ON_MS;
  return goesOn && (key.name === 'text' || key.name === 'enter');
}
