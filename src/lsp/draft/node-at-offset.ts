import type { LocatedMapping, LocatedNode, LocatedScalar } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { Path } from '../cursor.ts';

/** A key, with the path of its value and the mapping it is in. */
type KeyAt = {
  readonly kind: 'key';
  readonly path: Path;
  readonly span: Span;
  readonly mapping: LocatedMapping;
  readonly value: LocatedNode;
};

/** A scalar, with an offset in its text. */
type ScalarAt = {
  readonly kind: 'scalar';
  readonly path: Path;
  readonly scalar: LocatedScalar;
  readonly at: number;
};

/** Returns the key or the scalar at an offset of a text, by its tree. */
export function nodeAtOffset(
  node: LocatedNode,
  offset: number,
  path: Path = [],
): KeyAt | ScalarAt | undefined {
  if (node.kind === 'scalar')
    return isInside(node.span, offset)
      ? { kind: 'scalar', path, scalar: node, at: offsetInText(node, offset) }
      : undefined;
  if (node.kind === 'sequence') {
    for (const [index, item] of node.items.entries()) {
      const found = nodeAtOffset(item, offset, [...path, index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [name, { key, value }] of node.entries) {
    const inner = [...path, name];
    if (isInside(key, offset)) return { kind: 'key', path: inner, span: key, mapping: node, value };
    const found = nodeAtOffset(value, offset, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isInside({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/** Returns the offset in the text of a scalar that an offset in the source stands for. */
function offsetInText({ text, offsets }: LocatedScalar, offset: number): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
