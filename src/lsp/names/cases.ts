import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { Document } from '../document.ts';
import type { Edit } from './rename.ts';

/** Returns the edits of a test file that follow a step to its new ID. */
export function renameInCases({ source, root }: Document, id: string, to: string): readonly Edit[] {
  const cases = root && nodeAt(root, ['cases']);
  const items = cases?.kind === 'sequence' ? cases.items : [];
  const names = [...keysAt(root, ['steps']), ...items.flatMap(namesInCase)];
  return names
    .filter(({ text }) => text === id || text.startsWith(`${id}/`))
    .map(({ span }) => {
      const quote = /^["']/.test(source.text.slice(span.start, span.start + 1)) ? 1 : 0;
      const start = span.start + quote;
      return { span: { start, end: start + id.length }, text: to };
    })
    .toSorted((a, b) => a.span.start - b.span.start);
}

type Name = { readonly text: string; readonly span: Span };

function namesInCase(node: LocatedNode): readonly Name[] {
  return [
    ...keysAt(node, ['steps']),
    ...itemsAt(node, ['answers']).flatMap(namesInAnswer),
    ...itemsAt(node, ['expect', 'path']).flatMap(nameIn),
    ...itemsAt(node, ['expect', 'gates']).flatMap((gate) => nameIn(nodeAt(gate, ['step']) ?? gate)),
    ...keysAt(node, ['expect', 'statuses']),
    ...keysAt(node, ['expect', 'spared']),
  ];
}

/** The step of an answer is the value of its first key, and of `to`. */
function namesInAnswer(node: LocatedNode): readonly Name[] {
  if (node.kind !== 'mapping') return [];
  return [...node.entries].flatMap(([key, { value }]) =>
    VALUES_OF_ANSWERS.has(key) ? [] : nameIn(value),
  );
}

const VALUES_OF_ANSWERS = new Set([
  'with',
  'because',
  'evidence',
  'after',
  'at',
  'inputs',
  'clause',
]);

function nameIn(node: LocatedNode): readonly Name[] {
  return node.kind === 'scalar' ? [{ text: node.text, span: node.span }] : [];
}

function itemsAt(node: LocatedNode, path: readonly string[]): readonly LocatedNode[] {
  const found = nodeAt(node, path);
  return found?.kind === 'sequence' ? found.items : [];
}

function keysAt(node: LocatedNode | undefined, path: readonly string[]): readonly Name[] {
  const found = node && nodeAt(node, path);
  if (found?.kind !== 'mapping') return [];
  return [...found.entries].map(([text, { key }]) => ({ text, span: key }));
}
