import { type PlacedText, sliced } from './spliced-text.ts';

/** A place in a text where a fragment or a parameter goes: `@{name}`, or `@{name key="text"}`. */
export type Insertion = {
  readonly name: string;
  readonly at: number;
  readonly length: number;
  readonly parameters: readonly { readonly name: string; readonly text: PlacedText }[];
};

// `@{` before anything but a letter means something else, such as `@{1}` in git.
const OPEN = /@\{(?=\s*[A-Za-z_])/g;
const INSERTION = /@\{\s*([a-z][a-z0-9_-]*)((?:\s+[a-z][a-z0-9_-]*=(?:"[^"]*"|'[^']*'))*)\s*\}/y;
const PARAMETER = /([a-z][a-z0-9_-]*)=(?:"([^"]*)"|'([^']*)')/g;

/** Returns the insertions of a text, and the offsets of those that cannot be read. */
export function insertionsIn(placed: PlacedText): {
  readonly insertions: readonly Insertion[];
  readonly malformed: readonly number[];
} {
  const insertions: Insertion[] = [];
  const malformed: number[] = [];
  let end = 0;
  for (const { index: at } of placed.text.matchAll(OPEN)) {
    if (at < end) continue;
    INSERTION.lastIndex = at;
    const found = INSERTION.exec(placed.text);
    if (found === null) {
      malformed.push(at);
      continue;
    }
    const [whole, name = '', written = ''] = found;
    end = at + whole.length;
    const begin = at + whole.indexOf(written, 2 + name.length);
    insertions.push({
      name,
      at,
      length: whole.length,
      parameters: parametersIn(placed, begin, written),
    });
  }
  return { insertions, malformed };
}

function parametersIn(placed: PlacedText, begin: number, written: string): Insertion['parameters'] {
  return [...written.matchAll(PARAMETER)].map(({ index, 1: name = '', 2: one, 3: other }) => {
    const start = begin + index + name.length + 2;
    return { name, text: sliced(placed, start, start + (one ?? other ?? '').length) };
  });
}
