import * as z from 'zod/mini';
import { closest, didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt, hasError } from '../diagnostic.ts';
import { insteadOfKey, usualForm } from '../schema/foreign-keys.ts';
import { DURATION_FORM } from '../schema/parts.ts';
import { compiled, type Held } from './holds.ts';
import { type LocatedMapping, type LocatedNode, readYaml } from './located.ts';
import { repaired } from './repaired.ts';
import type { Source, Span } from './source.ts';

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/**
 * Checks a located value against a schema. Returns what it holds, by the declarations in the schema,
 * and every problem with its place.
 */
export function readDocument<S extends Schema>(schema: S, node: LocatedNode): Held<z.infer<S>> {
  const written = plain(node);
  const parsed = z.safeParse(schema, written);
  const { issues } = parsed.error ?? { issues: [] };
  const valid = parsed.success ? parsed.data : repaired(schema, written, issues);
  const unfit = issues.flatMap((issue) => diagnose(schema, node, issue));
  if (valid === undefined) return { value: undefined, problems: unfit };
  const { value, problems } = compiled(schema, valid, { node, key: node.span, path: [] });
  return { value, problems: [...unfit, ...problems] };
}

/** Reads a file by its schema. One with an error has no value. */
export function readFile<S extends Schema>(schema: S, source: Source): Held<z.infer<S>> {
  const { node, problems } = readYaml(source);
  if (node === undefined) return { value: undefined, problems };
  const read = readDocument(schema, node);
  return hasError(read.problems) ? { ...read, value: undefined } : read;
}

/** Returns the value of a located node without its places. */
export function plain(node: LocatedNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries(
    [...node.entries].map(([name, entry]) => [name, plain(entry.value)] as const),
  );
}

/** Returns the node at a path, or undefined if there is none. */
export function nodeAt(node: LocatedNode, path: readonly PropertyKey[]): LocatedNode | undefined {
  let at: LocatedNode | undefined = node;
  for (const part of path) {
    if (at?.kind === 'mapping') at = at.entries.get(String(part))?.value;
    else if (at?.kind === 'sequence') at = at.items[Number(part)];
    else return undefined;
  }
  return at;
}

/** `key` is the name of the node in what is around it. */
function diagnose(schema: Schema, node: LocatedNode, issue: Issue, key?: string): Diagnostic[] {
  const at = nodeAt(node, issue.path);
  if (issue.code === 'unrecognized_keys' && at?.kind === 'mapping')
    return issue.keys.map((key) =>
      unknownKey(schemaAt(schema, issue.path), at, key, besideOuter(schema, issue.path, key)),
    );
  if (issue.code === 'invalid_key')
    return [
      errorAt(
        'wrong-value',
        keySpan(node, issue.path),
        `"${String(issue.path.at(-1))}" is not a name`,
        'lower-case letters, digits, _ and -',
      ),
    ];
  if (at === undefined) return [missing(schema, node, issue)];
  const name = issue.path.findLast((part) => typeof part === 'string') ?? key;
  const expected = hintFor(schemaAt(schema, issue.path), issue, at);
  if (at.kind === 'scalar' && at.value === null)
    return [errorAt('wrong-type', at.span, `${name ?? 'the file'} is empty`, expected)];
  if (issue.code === 'invalid_union')
    return bestOfUnion(schemaAt(schema, issue.path), at, issue, name);
  if (issue.code === 'invalid_type')
    return [errorAt('wrong-type', at.span, `${shown(at)} is not ${article(issue)}`, expected)];
  const what = name === undefined ? 'right here' : `a value of ${name}`;
  return [errorAt('wrong-value', at.span, `${shown(at)} is not ${what}`, expected)];
}

function hintFor(schema: Schema | undefined, issue: Issue, at: LocatedNode): string | undefined {
  const meant =
    schema === undefined ? undefined : (durationFor(schema, at) ?? addressFor(schema, at));
  if (meant !== undefined) return `write ${meant}`;
  if (issue.code === 'invalid_value')
    return (
      didYouMean(at.kind === 'scalar' ? at.text : '', issue.values.map(String)) ??
      `one of ${issue.values.join(', ')}`
    );
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  const instead = schema === undefined ? undefined : insteadOf(schema, at);
  if (instead !== undefined) return instead;
  return keysHint(schema, issue, at) ?? descriptionOf(schema);
}

/** Returns what a mapping holds; where one text was written, in the form that is usual. */
function keysHint(
  schema: Schema | undefined,
  { path }: Issue,
  at: LocatedNode,
): string | undefined {
  const keys = schema === undefined ? [] : keysOf(schema);
  const form = at.kind === 'scalar' ? usualForm(String(path.at(-1))) : undefined;
  if (keys.length === 0) return undefined;
  return form === undefined ? `it has ${keys.join(', ')}` : `write ${form}`;
}

const UNITS: Readonly<Record<string, string>> = {
  '': 's',
  mil: 'ms',
  ms: 'ms',
  s: 's',
  m: 'm',
  h: 'h',
};

/** Returns the duration that another notation means, e.g. `10s` for `10 seconds`; or undefined. */
function durationMeant(text: string): string | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const word = unit.toLowerCase();
  const short = UNITS[/^(mil|ms|min)/.exec(word)?.[0]?.replace('min', 'm') ?? word.charAt(0)];
  if (number === undefined) return undefined;
  if (/^d(ays?)?$/.test(word)) return `${Number(number) * 24}h`;
  return short === undefined ? undefined : `${number}${short}`;
}

/** Returns the duration that is meant where one can be. */
function durationFor(schema: Schema, at: LocatedNode): string | undefined {
  const forms = [schema, ...optionsOf(schema)].map((form) => descriptionOf(form));
  const isOne = at.kind === 'scalar' && forms.some((form) => form?.endsWith(DURATION_FORM));
  return isOne ? durationMeant(at.text) : undefined;
}

/** Returns how a login on a machine is written where the name of a target can be, too. */
function addressFor(schema: Schema, at: LocatedNode): string | undefined {
  if (at.kind !== 'scalar' || !/^[\w.-]+@[\w.-]+$/.test(at.text)) return undefined;
  return keysOf(schema).includes('ssh') ? `{ ssh: ${at.text} }` : undefined;
}

/** Returns the value that a schema accepts besides a placeholder. */
function insteadOf(schema: Schema, at: LocatedNode): string | undefined {
  const types = optionsOf(schema).map((option) => (option as z.core.$ZodTypes)._zod.def);
  if (!types.some(({ type }) => type === 'string')) return undefined;
  const values = types.flatMap((def) => (def.type === 'enum' ? Object.values(def.entries) : []));
  if (values.length > 0) return didYouMean(at.kind === 'scalar' ? at.text : '', values.map(String));
  if (types.every(({ type }) => type === 'string' || type === 'boolean'))
    return 'true or false without quotes, or a placeholder';
  if (types.some(({ type }) => type === 'number'))
    return 'a number without quotes, or a placeholder';
  const text = optionsOf(schema).find((_, index) => types[index]?.type === 'string');
  return at.kind === 'scalar' ? descriptionOf(text) : undefined;
}

/** Describes a node in a few words. */
function shown(at: LocatedNode): string {
  if (at.kind !== 'scalar') return at.kind === 'sequence' ? 'a list' : 'a mapping';
  const [line = '', ...more] = at.text.split('\n');
  return line.length > 40 || more.length > 0 ? `"${line.slice(0, 40)}…"` : `"${line}"`;
}

/** Returns where a key belongs that is one of a mapping around this one. */
function besideOuter(
  schema: Schema,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const outer = schemaAt(schema, path.slice(0, length));
    const beside = path[length];
    if (typeof beside === 'string' && outer !== undefined && keysOf(outer).includes(key))
      return `it belongs beside ${beside}:, not under it: indent it less`;
  }
  return undefined;
}

function unknownKey(
  schema: Schema | undefined,
  at: LocatedMapping,
  key: string,
  outer: string | undefined,
): Diagnostic {
  const entry = at.entries.get(key);
  const span = entry?.key ?? at.span;
  const known = schema === undefined ? [] : keysOf(schema).filter((name) => !at.entries.has(name));
  if (entry?.isBare)
    return errorAt(
      'unknown-key',
      span,
      `the comma before "${key}" ends the text, so "${key}" is read as a key`,
      'put the whole text into quotes',
    );
  const isNear = known.includes(`${key}s`) || known.includes(key.replace(/s$/, ''));
  const foreign = isNear ? undefined : insteadOfKey(key, known, at.entries)?.hint;
  const near = closest(key, known) === undefined ? under(schema, key, at) : undefined;
  const hint = foreign ?? near ?? outer ?? didYouMean(key, known);
  const usual = known.length > 0 ? 'leave it out, or look the keys up: runbook schema' : undefined;
  return errorAt('unknown-key', span, `unknown key "${key}"`, hint ?? usual);
}

/** Returns where a key belongs that is one of a mapping below: of those that are written, if it is one of theirs. */
function under(
  schema: Schema | undefined,
  key: string,
  { entries }: LocatedMapping,
): string | undefined {
  const places =
    schema === undefined ? [] : keysOf(schema).filter((name) => has(schema, name, key));
  const written = places.filter((name) => entries.has(name));
  const [first, ...others] = written.length > 0 ? written : places;
  if (first === undefined || others.length > 3) return undefined;
  return `it belongs under ${[first, ...others].map((name) => `${name}:`).join(' or ')}`;
}

function has(schema: Schema, name: string, key: string): boolean {
  const inner = schemaAt(schema, [name]);
  return inner !== undefined && keysOf(inner).includes(key);
}

function missing(schema: Schema, node: LocatedNode, issue: Issue): Diagnostic {
  const parent = nodeAt(node, issue.path.slice(0, -1));
  const span =
    parent === undefined ? node.span : { start: parent.span.start, end: parent.span.start + 1 };
  const key = String(issue.path.at(-1));
  return errorAt(
    'missing-key',
    span,
    `the key "${key}" is missing`,
    descriptionOf(schemaAt(schema, issue.path)),
  );
}

/** Of a union, the alternative closest to the text is most likely the intended one. */
function bestOfUnion(
  union: Schema | undefined,
  at: LocatedNode,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  key: string | undefined,
): Diagnostic[] {
  const options = union === undefined ? [] : optionsOf(union);
  const [best] = issue.errors
    .map((issues, index) => ({ issues, option: options[index] }))
    .toSorted((a, b) => weight(a.issues, a.option) - weight(b.issues, b.option));
  const { issues, option } = best ?? { issues: [] };
  if (option !== undefined && !issues.some(isOfWrongType))
    return issues.flatMap((inner) => diagnose(option, at, inner, key));
  const wanted = issue.errors.flat().flatMap((one) => (isOfWrongType(one) ? [article(one)] : []));
  const what = `${shown(at)} is not ${[...new Set(wanted)].join(' or ')}`;
  const isItem = at.kind === 'mapping' && wanted.includes('a list');
  const hint = isItem ? 'write it as an item of a list: begin it with "- "' : descriptionOf(union);
  return [errorAt('wrong-type', at.span, what, hint)];
}

function weight(issues: readonly Issue[], option: Schema | undefined): number {
  const keys = option === undefined ? [] : keysOf(option);
  return issues.reduce((sum, issue) => sum + weightOf(issue, keys), 0);
}

/** A misspelled key weighs less than an unknown one. */
function weightOf(issue: Issue, keys: readonly string[]): number {
  if (isOfWrongType(issue)) return 100;
  const isMisspelt =
    issue.code === 'unrecognized_keys' &&
    issue.keys.some((key) => closest(key, keys) !== undefined);
  return isMisspelt ? 0.5 : 1;
}

function isOfWrongType(issue: Issue): issue is Extract<Issue, { code: 'invalid_type' }> {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

/** Returns the place of the last key of a path. */
export function keySpan(node: LocatedNode, path: readonly PropertyKey[]): Span {
  const parent = nodeAt(node, path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? node.span;
}

const TYPES: Readonly<Partial<Record<string, string>>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  int: 'a whole number',
  boolean: 'true or false',
};

function article({ expected }: Extract<Issue, { code: 'invalid_type' }>): string {
  return TYPES[expected] ?? `a ${expected}`;
}

function descriptionOf(schema: Schema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  const own = z.globalRegistry.get(schema)?.description;
  const def = (schema as z.core.$ZodTypes)._zod.def;
  return own ?? (def.type === 'optional' ? descriptionOf(def.innerType) : undefined);
}

function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'optional') return schemaAt(def.innerType, path);
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  if (def.type === 'object') {
    const inner = def.shape[String(head)];
    return inner === undefined ? undefined : schemaAt(inner, rest);
  }
  if (def.type === 'array') return schemaAt(def.element, rest);
  if (def.type === 'record') return schemaAt(def.valueType, rest);
  if (def.type === 'union')
    return def.options.map((option) => schemaAt(option, path)).find((found) => found !== undefined);
  return undefined;
}

function keysOf(schema: Schema): readonly string[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'object') return Object.keys(def.shape);
  if (def.type === 'union') return def.options.flatMap(keysOf);
  return [];
}

function optionsOf(schema: Schema): readonly Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'optional') return optionsOf(def.innerType);
  return def.type === 'union' ? def.options : [];
}
