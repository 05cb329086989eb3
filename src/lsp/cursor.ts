import type { LocatedMapping, LocatedNode, LocatedScalar } from '#runbook/yaml/located.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { readTolerantly } from './draft/read-tolerantly.ts';
import { unclosed } from './draft/unclosed.ts';

/** A path in a document: keys and indexes. */
export type Path = readonly (string | number)[];

/** The character that stands for the cursor in trees: none that anybody types. */
export const CURSOR = '\uE000';

/** A place where a key can be written: the mapping it belongs to, with the cursor in one of its keys. */
export type KeyPlace = {
  readonly kind: 'key';
  readonly path: Path;
  readonly mapping: LocatedMapping;
};

/** A place inside a value; `before` and `after` are the parts of its text around the cursor. */
export type ValuePlace = {
  readonly kind: 'value';
  readonly path: Path;
  readonly scalar: LocatedScalar;
  readonly before: string;
  readonly after: string;
};

/** The places at a cursor, in a tree that contains {@link CURSOR}. */
export type Cursor = {
  readonly root: LocatedNode;
  readonly place: KeyPlace | ValuePlace;
  /** The word around the cursor, which a completion replaces. */
  readonly word: Span;
  /** Whether the line continues with a colon, so that a key needs none. */
  readonly hasColon: boolean;
};

/**
 * Returns what can be written at an offset: a key, a value, or either. The text may be half-typed: the
 * line of the cursor is completed, and lines that cannot be read are left out.
 */
export function cursorsAt(text: string, offset: number): readonly Cursor[] {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const end = newline === -1 ? text.length : newline;
  const before = text.slice(start, offset);
  const after = text.slice(offset, end).replace(/\r$/, '');
  const head = /[\w-]*$/.exec(before)?.[0] ?? '';
  const tail = /^[\w-]*/.exec(after)?.[0] ?? '';
  const rest = after.slice(tail.length);
  const word = { start: offset - head.length, end: offset + tail.length };
  const hasColon = /^\s*:/.test(rest);
  const lines = [
    ...(KEY.test(before) ? asKey(before, after, tail) : []),
    ...asValue(before, after),
  ];
  const wholes = lines.map(
    (line) => text.slice(0, start) + line + text.slice(offset + after.length),
  );
  const read = (how: (whole: string) => LocatedNode | undefined) =>
    wholes.flatMap((whole) => {
      const root = how(whole);
      const place = root && placeOf(root, []);
      return root === undefined || place === undefined ? [] : [{ root, place, word, hasColon }];
    });
  const valid = read((whole) => readYaml({ file: '', text: whole }).node);
  const found = valid.length > 0 ? valid : read((whole) => readTolerantly(whole, offset));
  const first = (kind: Cursor['place']['kind']) => found.find(({ place }) => place.kind === kind);
  return [first('key'), first('value')].filter((cursor) => cursor !== undefined);
}

/** Matches the text before a key: its indentation, dashes, or the mapping in braces that it belongs to. */
const KEY = /^(?:\s*(?:-\s+)*|.*[{,]\s*)[\w-]*$/;

function asKey(before: string, after: string, tail: string): readonly string[] {
  const isWhole = /^\s*:/.test(after.slice(tail.length));
  if (isWhole) return [before + CURSOR + after];
  const rest = after.slice(tail.length);
  return [`${before}${CURSOR}: x${rest}`, `${before}${CURSOR}: x${unclosed(before)}`];
}

function asValue(before: string, after: string): readonly string[] {
  return [before + CURSOR + after, before + CURSOR + unclosed(before + CURSOR)];
}

function placeOf(node: LocatedNode, path: Path): KeyPlace | ValuePlace | undefined {
  if (node.kind === 'scalar') {
    const at = node.text.indexOf(CURSOR);
    if (at === -1) return undefined;
    const [before, after] = [node.text.slice(0, at), node.text.slice(at + 1)];
    return { kind: 'value', path, scalar: node, before, after };
  }
  if (node.kind === 'sequence') {
    for (const [index, item] of node.items.entries()) {
      const found = placeOf(item, [...path, index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [key, { value }] of node.entries) {
    if (key.includes(CURSOR)) return { kind: 'key', path, mapping: node };
    const found = placeOf(value, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
