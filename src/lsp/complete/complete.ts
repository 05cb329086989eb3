import { nodeAt } from '#runbook/yaml/document.ts';
import { ownText, type Source } from '#runbook/yaml/source.ts';
import {
  CURSOR,
  type Cursor,
  cursorsAt,
  type KeyPlace,
  type Path,
  type ValuePlace,
} from '../cursor.ts';
import {
  type Document,
  definedFor,
  type Library,
  readDraft,
  type Trees,
  wholeOf,
} from '../document.ts';
import { fragmentText } from '../explain/definitions.ts';
import { expressionAt } from '../expression-at.ts';
import { stepsOf, textAt } from '../outline.ts';
import { type JsonSchema, schemasAt, summaryOf } from '../schema.ts';
import { inputsOf, namesAt } from '../scope.ts';
import type { Completion } from './completion.ts';
import { completeExpression } from './expression.ts';
import { completeValues } from './values.ts';

/** Returns what can be written at an offset of a runbook, or of another document with a schema. */
export function complete(
  source: Source,
  offset: number,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  return cursorsAt(ownText(source), offset).flatMap((cursor) => {
    const { place, root } = cursor;
    const document = { source, root, whole: wholeOf(source, root) };
    if (/\.test\.ya?ml$/.test(source.file)) return inCases(cursor, document, schema, library);
    return place.kind === 'key'
      ? [...completeKeys(cursor, place, schema), ...completeGiven(cursor, place, document, library)]
      : atValue(cursor, place, { document, offset }, schema, library);
  });
}

function inCases(
  cursor: Cursor,
  document: Document & Trees,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const { place } = cursor;
  const named = completeCases(cursor, place, document.source.file, library);
  if (place.kind === 'key') return [...named, ...completeKeys(cursor, place, schema)];
  return [...named, ...completeValues(cursor, place, document, schema, library)];
}

function atValue(
  cursor: Cursor,
  place: ValuePlace,
  { document, offset }: { readonly document: Document & Trees; readonly offset: number },
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const insertion = completeInsertion(place, offset, document);
  if (insertion !== undefined) return insertion;
  const expression = expressionAt(place);
  if (expression === undefined) return completeValues(cursor, place, document, schema, library);
  const names = namesAt(document, place.path, expression.text, library);
  const quote = opensWithDouble(document.source.text, place) ? "'" : '"';
  return completeExpression({ ...expression, offset, quote }, names);
}

/** Inside a value in double quotes, another double quote would end it. */
function opensWithDouble(text: string, { scalar }: ValuePlace): boolean {
  return text[scalar.span.start] === '"';
}

/** Returns the fragments that `@{` at the end of a text can insert; undefined if nothing is open there. */
function completeInsertion(
  { before, path }: ValuePlace,
  offset: number,
  document: Document,
): readonly Completion[] | undefined {
  const open = /@\{\s*([a-z][a-z0-9_-]*)?$/.exec(before);
  if (open === null) return undefined;
  const defined = definedFor(document);
  const span = { start: offset - (open[1]?.length ?? 0), end: offset };
  const [part, name = ''] = path;
  const own = part === 'templates' ? defined?.templates : defined?.fragments;
  const parameters = own?.get(String(name))?.parameters ?? [];
  return [
    ...parameters.map(
      ({ name, type }): Completion => ({
        ...{ label: name, kind: 'input', detail: type, insert: name, span, rank: 0 },
      }),
    ),
    ...[...(defined?.fragments.values() ?? [])].map(
      (fragment): Completion => ({
        label: fragment.name,
        kind: 'value',
        detail: 'fragment',
        documentation: fragmentText(fragment),
        insert: fragment.name,
        span,
      }),
    ),
  ];
}

/** A value that a step or clause gives: to a runbook or to a template. */
type Given = Pick<Completion, 'label' | 'detail' | 'documentation'> & { readonly rank: number };

/** Returns the keys under `with`: the inputs of the runbook, or the parameters of the template. */
function completeGiven(
  { root, word, hasColon }: Cursor,
  { path, mapping }: KeyPlace,
  document: Document,
  library: Library,
): readonly Completion[] {
  if (path.at(-1) !== 'with') return [];
  const around = nodeAt(root, path.slice(0, -1));
  const all = [
    ...inputsGiven(textAt(around, ['runbook']), library),
    ...parametersGiven(textAt(around, ['use']), document),
  ];
  return all
    .filter(({ label }) => !mapping.entries.has(label))
    .map((one) => ({
      ...one,
      kind: 'input',
      insert: hasColon ? one.label : `${one.label}: `,
      span: word,
    }));
}

function inputsGiven(name: string | undefined, library: Library): readonly Given[] {
  const source = name === undefined ? undefined : library.source(name);
  if (source === undefined) return [];
  return inputsOf(readDraft(source).root).map(({ name: label, type, required, description }) => ({
    label,
    detail: type,
    ...(description && { documentation: description }),
    rank: required ? 0 : 1,
  }));
}

function parametersGiven(name: string | undefined, document: Document): readonly Given[] {
  const template = name === undefined ? undefined : definedFor(document)?.templates.get(name);
  return (template?.parameters ?? []).map(({ name: label, type, default: value }) => ({
    label,
    detail: type,
    rank: value === undefined ? 0 : 1,
  }));
}

/** The keys of an answer whose values are not steps. */
const NOT_STEPS = new Set(['with', 'because', 'evidence', 'after', 'at', 'inputs', 'clause']);

/** Returns the steps and inputs of the tested runbook that can be named at a place of a test file. */
function completeCases(
  { word, hasColon }: Cursor,
  { kind, path }: KeyPlace | ValuePlace,
  file: string,
  library: Library,
): readonly Completion[] {
  const inCase = path[0] === 'cases' ? path.slice(2) : path;
  const names = kind === 'key' ? keysOf(inCase) : valuesOf(inCase);
  const source = names === undefined ? undefined : library.tested(file);
  if (names === undefined || source === undefined) return [];
  const { root, whole } = readDraft(source);
  const insert = (name: string) => (kind === 'value' || hasColon ? name : `${name}: `);
  if (names === 'inputs')
    return inputsOf(root).map(
      ({ name, type }): Completion => ({
        ...{ label: name, kind: 'input', detail: type, insert: insert(name), span: word },
      }),
    );
  return stepsOf(whole).map(({ id, node }): Completion => {
    const title = textAt(node, ['title']);
    const detail = title === undefined ? {} : { detail: title };
    return { label: id, kind: 'step', ...detail, insert: insert(id), span: word };
  });
}

type Names = 'steps' | 'inputs';

function keysOf(path: Path): Names | undefined {
  const [part, inner] = path;
  if (path.length === 1 && (part === 'steps' || part === 'inputs')) return part;
  if (path.length === 3 && part === 'answers' && path[2] === 'inputs') return 'inputs';
  const isOfSteps = inner === 'statuses' || inner === 'spared';
  return path.length === 2 && part === 'expect' && isOfSteps ? 'steps' : undefined;
}

function valuesOf(path: Path): Names | undefined {
  const [part, inner] = path;
  const key = String(path.at(-1));
  if (part === 'answers') return path.length === 3 && !NOT_STEPS.has(key) ? 'steps' : undefined;
  if (part !== 'expect') return undefined;
  const isOfGate = inner === 'gates' && (path.length === 3 || key === 'step');
  return isOfGate || (inner === 'path' && path.length === 3) ? 'steps' : undefined;
}

/** Returns the keys that a mapping can still have, those that it needs first. */
function completeKeys(
  cursor: Cursor,
  { path, mapping }: KeyPlace,
  schema: JsonSchema,
): readonly Completion[] {
  const schemas = schemasAt(schema, cursor.root, path).toSorted((a, b) => order(a) - order(b));
  const items = schemas.flatMap(({ properties = {} }) =>
    Object.entries(properties)
      .filter(([key]) => !isWritten(key, mapping))
      .map(([key, value]) => itemFor(key, value, rankOf(key, schemas), cursor)),
  );
  const first = new Map<string, Completion>();
  for (const item of items) if (!first.has(item.label)) first.set(item.label, item);
  return [...first.values()];
}

/** A template in place of what is written here is the exception. */
function order({ properties = {} }: JsonSchema): number {
  return Object.hasOwn(properties, 'use') ? 1 : 0;
}

/** A key that most alternatives need comes first. */
function rankOf(key: string, schemas: readonly JsonSchema[]): number {
  const needing = schemas.filter(({ required = [] }) => required.includes(key));
  return needing.length > schemas.length / 2 ? 0 : 1;
}

function itemFor(
  key: string,
  value: JsonSchema,
  rank: number,
  { word, hasColon }: Cursor,
): Completion {
  return {
    label: key,
    kind: 'key',
    detail: summaryOf(value),
    ...(value.description && { documentation: value.description }),
    insert: hasColon ? key : `${key}:${isInline(value) ? ' ' : ''}`,
    span: word,
    rank,
  };
}

/** The key that the cursor is in does not count, so that another can take its place. */
function isWritten(key: string, mapping: KeyPlace['mapping']): boolean {
  return [...mapping.entries.keys()].some((one) => one === key && !one.includes(CURSOR));
}

/** Returns whether the value can be on the line of its key. */
function isInline({ type, anyOf }: JsonSchema): boolean {
  return anyOf?.some(isInline) ?? (type !== 'object' && type !== 'array');
}
