import { harmless, harmlessLine } from '#text/harmless.ts';
import { charactersOf, widthOf } from '#text/width.ts';
import { ACCENT, type Line, lineWidth, span } from '../draw/line.ts';
import type { Key } from '../terminal/key.ts';

/** A text input: its characters, and the index of the cursor. */
export type TextInput = { readonly characters: readonly string[]; readonly cursor: number };

/** An empty input. */
export const EMPTY_INPUT: TextInput = { characters: [], cursor: 0 };

/** Returns an input with a text and the cursor at its end. */
export function inputOf(text: string): TextInput {
  const characters = charactersOf(harmlessLine(text));
  return { characters, cursor: characters.length };
}

/** Returns the text of an input. */
export function textOf(input: TextInput): string {
  return input.characters.join('');
}

/**
 * Returns the input after a key, or `undefined` if the key does not edit text. Pasted text becomes
 * one line.
 */
export function edit(input: TextInput, key: Key): TextInput | undefined {
  const { characters, cursor } = input;
  switch (key.name) {
    case 'text':
      return insert(input, harmlessLine(key.text));
    case 'paste':
      // A pasted line break must not answer a question.
      return insert(input, harmlessLine(key.text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ')));
    case 'backspace':
      return remove(input, cursor - 1, cursor);
    case 'delete':
      return remove(input, cursor, cursor + 1);
    case 'left':
      return { ...input, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { ...input, cursor: Math.min(characters.length, cursor + 1) };
    case 'home':
      return { ...input, cursor: 0 };
    case 'end':
      return { ...input, cursor: characters.length };
    case 'ctrl':
      return editByControl(input, key.letter);
    default:
      return undefined;
  }
}

function editByControl(input: TextInput, letter: string): TextInput | undefined {
  switch (letter) {
    case 'a':
      return { ...input, cursor: 0 };
    case 'e':
      return { ...input, cursor: input.characters.length };
    case 'u':
      return remove(input, 0, input.cursor);
    case 'k':
      return remove(input, input.cursor, input.characters.length);
    case 'w':
      return remove(input, wordStart(input), input.cursor);
    default:
      return undefined;
  }
}

/** Returns the input after a key like {@link edit}, but pasted text keeps its lines. */
export function editLines(input: TextInput, key: Key): TextInput | undefined {
  if (key.name !== 'paste') return edit(input, key);
  const text = key.text.replaceAll(/\r\n?/g, '\n').replace(/^\n+/, '').trimEnd();
  return insert(input, harmless(text));
}

function insert({ characters, cursor }: TextInput, text: string): TextInput {
  const added = charactersOf(text);
  return {
    characters: characters.toSpliced(cursor, 0, ...added),
    cursor: cursor + added.length,
  };
}

function remove({ characters, cursor }: TextInput, from: number, to: number): TextInput {
  const start = Math.max(0, from);
  const count = Math.min(to, characters.length) - start;
  if (count <= 0) return { characters, cursor };
  return { characters: characters.toSpliced(start, count), cursor: start };
}

function wordStart({ characters, cursor }: TextInput): number {
  let at = cursor;
  while (at > 0 && characters[at - 1] === ' ') at -= 1;
  while (at > 0 && characters[at - 1] !== ' ') at -= 1;
  return at;
}

/** Returns an input on one line of at most `width` columns, with the cursor visible. */
export function inputLine(
  label: Line,
  input: TextInput,
  width: number,
  options: { readonly masked?: boolean; readonly focused?: boolean } = {},
): Line {
  const shown = options.masked === true ? input.characters.map(() => '•') : input.characters;
  const room = Math.max(4, width - lineWidth(label) - 1);
  let from = input.cursor;
  for (let used = 0; from > 0; from -= 1) {
    used += widthOf(shown[from - 1] ?? '');
    if (used > room) break;
  }
  const before = shown.slice(from, input.cursor).join('');
  let after = '';
  for (const character of shown.slice(input.cursor)) {
    if (widthOf(before + after + character) > room) break;
    after += character;
  }
  return [
    ...label,
    span(before, { bold: true }),
    span(options.focused === false ? '' : '▏', ACCENT),
    span(after, { bold: true }),
  ];
}
