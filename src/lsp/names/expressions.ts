import { compileExpression } from '#runbook/expression/cel.ts';
import type { NameUse } from '#runbook/expression/names-read.ts';
import { parseTemplate } from '#runbook/expression/template.ts';
import type { LocatedNode, LocatedScalar } from '#runbook/yaml/located.ts';
import type { Path } from '../cursor.ts';
import { isCondition } from '../expression-at.ts';

/** A scalar with its path. */
export type PlacedScalar = { readonly path: Path; readonly scalar: LocatedScalar };

/** Returns every scalar of a tree, in text order. */
export function scalarsIn(node: LocatedNode, path: Path = []): readonly PlacedScalar[] {
  if (node.kind === 'scalar') return [{ path, scalar: node }];
  if (node.kind === 'sequence')
    return node.items.flatMap((item, index) => scalarsIn(item, [...path, index]));
  return [...node.entries].flatMap(([key, { value }]) => scalarsIn(value, [...path, key]));
}

/** Returns the names that the expressions in a scalar read; undefined if one of them is not valid. */
export function namesReadIn({ path, scalar }: PlacedScalar): readonly NameUse[] | undefined {
  const { text, span, offsets } = scalar;
  if (isCondition(path)) return compileExpression(text, offsets, [])?.names;
  if (!text.includes('${{')) return [];
  const problems: Parameters<typeof parseTemplate>[3] = [];
  const { placeholders } = parseTemplate(text, span, offsets, problems);
  if (problems.length > 0) return undefined;
  return placeholders.flatMap(({ expression }) => expression.names);
}
