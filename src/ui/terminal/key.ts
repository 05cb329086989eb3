import type { Key as InkKey } from 'ink';
import { charactersOf } from '#text/width.ts';

/** A key as the screen's reducers receive it. */
export type Key =
  | { readonly name: 'text'; readonly text: string }
  | { readonly name: 'paste'; readonly text: string }
  | { readonly name: 'ctrl'; readonly letter: string }
  | { readonly name: NamedKey };

/** A key that types no text. */
export type NamedKey =
  | 'enter'
  | 'escape'
  | 'tab'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete';

const NAMED: readonly (readonly [flag: keyof InkKey, name: NamedKey])[] = [
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * Returns the keys in one piece of terminal input. Several letters, and the Enter after them, can
 * arrive at once over a slow connection. More after an Enter was typed without seeing its effect: it
 * counts as pasted, so that its line breaks answer nothing.
 */
export function keysOf(input: string, key: InkKey): readonly Key[] {
  if (key.eventType === 'release') return [];
  // Alt-y is not y: Escape and a letter typed fast must not confirm.
  if (key.meta && !key.escape) return [];
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named !== undefined) return [{ name: named[1] }];
  if (key.ctrl) return input.length === 1 ? [{ name: 'ctrl', letter: input }] : [];
  const [typed = '', ...rest] = input.split(/[\r\n]/);
  if (rest.some((part) => part !== '')) return [{ name: 'paste', text: input }];
  const letters = charactersOf(typed).map((text): Key => ({ name: 'text', text }));
  return rest.length > 0 ? [...letters, { name: 'enter' }] : letters;
}
