import type { OffsetMap } from '../yaml/scalar-offsets.ts';

/** A text with the source offset of each of its characters. */
export type PlacedText = { readonly text: string; readonly offsets: OffsetMap };

/** Returns a part of a placed text. */
export function sliced({ text, offsets }: PlacedText, start: number, end?: number): PlacedText {
  return { text: text.slice(start, end), offsets: (offset) => offsets(start + offset) };
}

/** Returns texts one after the other; every character keeps its place. */
export function joined(pieces: readonly PlacedText[]): PlacedText {
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    text += piece.text;
  }
  return {
    text,
    offsets: (offset) => {
      const index = Math.max(
        0,
        starts.findLastIndex((start, at) => start <= offset && pieces[at]?.text !== ''),
      );
      return pieces[index]?.offsets(offset - (starts[index] ?? 0)) ?? 0;
    },
  };
}

/** Returns a text whose lines after the first begin with `indent`; empty lines stay empty. */
export function indented(placed: PlacedText, indent: string): PlacedText {
  if (indent === '' || !placed.text.includes('\n')) return placed;
  const pieces: PlacedText[] = [];
  let from = 0;
  for (const { index } of placed.text.matchAll(/\n(?=[^\n])/g)) {
    pieces.push(sliced(placed, from, index + 1));
    const at = placed.offsets(index + 1);
    pieces.push({ text: indent, offsets: () => at });
    from = index + 1;
  }
  return joined([...pieces, sliced(placed, from)]);
}
