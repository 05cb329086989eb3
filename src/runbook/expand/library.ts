import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { ENGINES, type Engine } from '../model/engines.ts';
import { LIBRARY_SCHEMA, type PARAMETER_TYPES } from '../schema/library.ts';
import { nodeAt, plain, readDocument } from '../yaml/document.ts';
import {
  type LocatedMapping,
  type LocatedNode,
  type LocatedScalar,
  readYaml,
} from '../yaml/located.ts';
import { libraryFile, partsOf, type Source, type Span } from '../yaml/source.ts';

/** The type of a parameter. */
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** A parameter of a fragment or a template. */
export type Parameter = {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: LocatedNode | undefined;
  readonly span: Span;
};

/** The common part of fragments and templates; `file` is the library file, undefined for the one read. */
type Definition = {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly span: Span;
  readonly file: string | undefined;
};

/** A named text, for all engines or by engine. */
export type Fragment = Definition & {
  readonly texts: Readonly<Partial<Record<'any' | Engine, LocatedScalar>>>;
};

/** A named step, several steps, or clauses of `next`. */
export type Template = Definition & {
  readonly kind: 'step' | 'steps' | 'clauses';
  readonly items: readonly LocatedNode[];
};

/** The library files of a runbook together. */
export type Library = {
  readonly fragments: ReadonlyMap<string, Fragment>;
  readonly templates: ReadonlyMap<string, Template>;
  /** The files that each file uses, by name. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
};

/** Returns whether a document is a library file and not a runbook. */
export function isLibrary(node: LocatedNode): boolean {
  return (
    node.kind === 'mapping' &&
    !node.entries.has('steps') &&
    (node.entries.has('fragments') || node.entries.has('templates'))
  );
}

/** Reads the library files that a document uses, and those that they use. */
export function readLibrary(source: Source, node: LocatedNode, problems: Diagnostic[]): Library {
  const fragments = new Map<string, Fragment>();
  const templates = new Map<string, Template>();
  const uses = new Map<string, readonly string[]>();
  const parts = new Map(partsOf(source).map((part) => [part.name, part]));
  const take = (document: LocatedNode, file: string | undefined) => {
    if (document.kind !== 'mapping' || readDocument(LIBRARY_SCHEMA, document).value === undefined)
      return;
    for (const one of definitionsIn(document, 'fragments', fragmentOf, file, problems))
      add(fragments, one, problems);
    for (const one of definitionsIn(document, 'templates', templateOf, file, problems))
      add(templates, one, problems);
  };
  const open = (document: LocatedNode) => {
    for (const { name, span } of usedNames(document)) {
      if (uses.has(name)) continue;
      uses.set(name, []);
      const part = parts.get(name);
      if (part === undefined) {
        problems.push(missingFile(name, span, [...parts.keys()]));
        continue;
      }
      const { node: inner, problems: syntax } = readYaml(source, part);
      problems.push(...syntax);
      if (inner === undefined) continue;
      problems.push(...readDocument(LIBRARY_SCHEMA, inner).problems);
      uses.set(
        name,
        usedNames(inner).map((used) => used.name),
      );
      take(inner, name);
      open(inner);
    }
  };
  if (isLibrary(node)) {
    problems.push(...readDocument(LIBRARY_SCHEMA, node).problems);
    take(node, undefined);
  }
  open(node);
  return { fragments, templates, uses };
}

/** Returns the library files that a document names under `uses`. */
export function usedNames(
  node: LocatedNode,
): readonly { readonly name: string; readonly span: Span }[] {
  const list = nodeAt(node, ['uses']);
  const items = list?.kind === 'sequence' ? list.items : [];
  return items.flatMap((item) =>
    item.kind === 'scalar' ? [{ name: item.text, span: item.span }] : [],
  );
}

function missingFile(
  name: string,
  span: Span,
  others: readonly (string | undefined)[],
): Diagnostic {
  const known = others.filter((other) => other !== undefined);
  const near = known.length === 0 ? undefined : didYouMean(name, known);
  return errorAt(
    'unknown-library',
    span,
    `there is no library file "${name}"`,
    near?.startsWith('did') === true ? near : `expected ${libraryFile(name)} beside the runbook`,
  );
}

function add<T extends Definition>(all: Map<string, T>, one: T, problems: Diagnostic[]): void {
  const other = all.get(one.name);
  if (other === undefined) all.set(one.name, one);
  else
    problems.push(
      errorAt(
        'duplicate-id',
        { start: one.span.start, end: one.span.start + one.name.length },
        `"${one.name}" is defined twice in the library files of this runbook`,
        other.file === undefined ? 'rename one of them' : `${libraryFile(other.file)} has it too`,
      ),
    );
}

function definitionsIn<T>(
  document: LocatedMapping,
  key: 'fragments' | 'templates',
  read: (head: Definition, node: LocatedNode, problems: Diagnostic[]) => T | undefined,
  file: string | undefined,
  problems: Diagnostic[],
): readonly T[] {
  const all = nodeAt(document, [key]);
  if (all?.kind !== 'mapping') return [];
  return [...all.entries].flatMap(([name, { key: at, value }]) => {
    const span = { start: at.start, end: Math.max(at.end, value.span.end) };
    return read({ name, span, file, parameters: parametersOf(value) }, value, problems) ?? [];
  });
}

function fragmentOf(
  head: Definition,
  node: LocatedNode,
  problems: Diagnostic[],
): Fragment | undefined {
  if (node.kind === 'scalar') return { ...head, texts: { any: node } };
  const texts: Partial<Record<'any' | Engine, LocatedScalar>> = {};
  for (const engine of ['any', ...ENGINES] as const) {
    const text = nodeAt(node, [engine === 'any' ? 'text' : engine]);
    if (text?.kind === 'scalar') texts[engine] = text;
  }
  const count = Object.keys(texts).length;
  if (texts.any !== undefined ? count === 1 : count > 0) return { ...head, texts };
  const message = `the fragment "${head.name}" has ${count === 0 ? 'no text' : 'a text for every engine, and others'}`;
  const hint = 'give it text:, or one text per engine';
  const at = { start: head.span.start, end: head.span.start + head.name.length };
  problems.push(errorAt(count === 0 ? 'missing-key' : 'keys-conflict', at, message, hint));
  return undefined;
}

function templateOf(
  head: Definition,
  node: LocatedNode,
  problems: Diagnostic[],
): Template | undefined {
  const kinds = (['step', 'steps', 'clauses'] as const).filter((kind) => nodeAt(node, [kind]));
  const [kind] = kinds;
  const body = kind && nodeAt(node, [kind]);
  if (kind !== undefined && body !== undefined && kinds.length === 1)
    return { ...head, kind, items: body.kind === 'sequence' ? body.items : [body] };
  const message = `the template "${head.name}" has ${kinds.length === 0 ? 'no steps' : kinds.join(' and ')}`;
  const at = { start: head.span.start, end: head.span.start + head.name.length };
  const code = kinds.length === 0 ? 'missing-key' : 'keys-conflict';
  problems.push(errorAt(code, at, message, 'give it one of step, steps and clauses'));
  return undefined;
}

function parametersOf(definition: LocatedNode): readonly Parameter[] {
  const params = nodeAt(definition, ['params']);
  if (params?.kind === 'sequence')
    return params.items.flatMap((item) =>
      item.kind === 'scalar'
        ? [{ name: item.text, type: 'text' as const, default: undefined, span: item.span }]
        : [],
    );
  if (params?.kind !== 'mapping') return [];
  return [...params.entries].map(([name, { key, value }]) => {
    const type = nodeAt(value, ['type']);
    return {
      name,
      type: type === undefined ? 'text' : (plain(type) as ParameterType),
      default: nodeAt(value, ['default']),
      span: key,
    };
  });
}
