import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { Path } from '../cursor.ts';
import { type Document, definedFor } from '../document.ts';
import { definitionsOf, isInStep, isStepName, pathInStep, stepsOf, textAt } from '../outline.ts';
import { namesReadIn, type PlacedScalar, scalarsIn } from './expressions.ts';

/** Something that a runbook names: a step or branch, an input or a target. */
export type Named = { readonly kind: 'step' | 'input' | 'target'; readonly name: string };

/** A place where a name stands. */
export type Use = {
  readonly span: Span;
  /** `field` of `steps.NAME`, `index` of `steps["NAME"]`, `text` as a value, `definition` itself. */
  readonly form: 'definition' | 'text' | 'field' | 'index';
  /** The quote around the whole value, if it has one. */
  readonly quote: string;
};

/** Returns where a name is defined. */
export function definitionOf(root: LocatedNode | undefined, named: Named): Span | undefined {
  const { kind, name } = named;
  if (kind === 'step') return stepsOf(root).find(({ id }) => id === name)?.idSpan;
  return definitionsOf(root, kind === 'input' ? 'inputs' : 'targets').get(name)?.key;
}

/** Returns every place of a name in a runbook, its definition included, in text order. */
export function usesOf(document: Document, named: Named): readonly Use[] {
  const { source, root } = document;
  if (root === undefined) return [];
  const isGiven = named.kind === 'step' ? stepsGiven(document) : () => false;
  const uses = scalarsIn(root).flatMap((placed) => {
    const isName = isNameOf(placed.path, named.kind) || isGiven(placed.path);
    return usesInScalar(placed, named, isName, source.text);
  });
  const definition = named.kind === 'step' ? undefined : definitionOf(root, named);
  const first: readonly Use[] =
    definition === undefined ? [] : [{ span: definition, form: 'definition', quote: '' }];
  return [...first, ...uses].toSorted((a, b) => a.span.start - b.span.start);
}

function usesInScalar(
  placed: PlacedScalar,
  named: Named,
  isName: boolean,
  source: string,
): readonly Use[] {
  const { path, scalar } = placed;
  const sign = source[scalar.span.start] ?? '';
  const quote = sign === '"' || sign === "'" ? sign : '';
  if (scalar.text === named.name && isName) {
    const start = scalar.span.start + quote.length;
    const form = path.at(-1) === 'id' ? 'definition' : 'text';
    return [{ span: { start, end: start + named.name.length }, form, quote }];
  }
  const names = namesReadIn(placed);
  // In an expression that is not valid yet, the name is found by its form alone.
  const spans = names?.filter(
    ({ path: [root, name] }) => root === ROOTS[named.kind] && name === named.name,
  );
  return (spans ?? [scalar]).flatMap(({ span }) => usesInText(span, named, source, quote));
}

const ROOTS = { step: 'steps', input: 'inputs', target: 'targets' } as const;

/** Returns a test of whether the value at a path is a step that is given to a template. */
export function stepsGiven(document: Document): (path: Path) => boolean {
  const templates = definedFor(document)?.templates;
  return (path) => {
    if (path.at(-2) !== 'with' || document.root === undefined) return false;
    const use = textAt(nodeAt(document.root, path.slice(0, -2)), ['use']);
    const parameters = templates?.get(use ?? '')?.parameters ?? [];
    return parameters.some(({ name, type }) => name === path.at(-1) && type === 'step');
  };
}

/** Returns whether the value at a path is the name of a thing of a kind. */
function isNameOf(path: PlacedScalar['path'], kind: Named['kind']): boolean {
  if (kind === 'step' && isStepName(path)) return true;
  if (path[0] === 'on') return kind === 'target';
  if (!isInStep(path) && path[0] !== 'prerequisites') return false;
  const inStep = pathInStep(path);
  const key = inStep.at(-1);
  if (kind === 'step') return inStep.length === 1 && key === 'id';
  if (kind === 'input') return key === 'input' && inStep[0] === 'ask';
  return key === 'on';
}

function usesInText(
  { start, end }: Span,
  { kind, name }: Named,
  source: string,
  quote: string,
): readonly Use[] {
  const text = source.slice(start, end);
  const escaped = name.replaceAll('-', '\\-');
  const pattern = new RegExp(
    `\\b${ROOTS[kind]}\\s*(?:\\.\\s*(?<field>${escaped})(?![\\w])|\\[\\s*[\\\\"']{1,2}(?<index>${escaped})[\\\\"'])`,
    'dg',
  );
  return [...text.matchAll(pattern)].flatMap(({ indices }): readonly Use[] => {
    const { field, index } = indices?.groups ?? {};
    const [from, to] = field ?? index ?? [0, 0];
    const span = { start: start + from, end: start + to };
    return [{ span, form: field === undefined ? 'index' : 'field', quote }];
  });
}
