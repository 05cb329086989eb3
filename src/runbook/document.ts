import * as z from 'zod/mini';
import type { Diagnostic } from './diagnostic.ts';
import type { LocatedMapping, LocatedNode } from './located-yaml.ts';
import type { Span } from './source.ts';
import { didYouMean } from './suggest.ts';

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** Checks a located value against a schema; returns the typed value, or every problem with its place. */
export function readDocument<S extends Schema>(
  schema: S,
  node: LocatedNode,
): { readonly value: z.infer<S> | undefined; readonly problems: readonly Diagnostic[] } {
  const parsed = z.safeParse(schema, plain(node));
  if (parsed.success) return { value: parsed.data, problems: [] };
  return {
    value: undefined,
    problems: parsed.error.issues.flatMap((issue) => diagnose(schema, node, issue)),
  };
}

/** Returns the value of a located node without its places. */
export function plain(node: LocatedNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries(
    [...node.entries].map(([name, entry]) => [name, plain(entry.value)] as const),
  );
}

/** Returns the node at a path, or undefined where the path leaves the text. */
export function nodeAt(node: LocatedNode, path: readonly PropertyKey[]): LocatedNode | undefined {
  let at: LocatedNode | undefined = node;
  for (const part of path) {
    if (at?.kind === 'mapping') at = at.entries.get(String(part))?.value;
    else if (at?.kind === 'sequence') at = at.items[Number(part)];
    else return undefined;
  }
  return at;
}

function diagnose(schema: Schema, node: LocatedNode, issue: Issue): Diagnostic[] {
  const at = nodeAt(node, issue.path);
  if (issue.code === 'unrecognized_keys' && at?.kind === 'mapping')
    return issue.keys.map((key) => unknownKey(schemaAt(schema, issue.path), at, key));
  if (issue.code === 'invalid_union') return bestOfUnion(schema, node, issue);
  if (issue.code === 'invalid_key')
    return [
      problem(
        'wrong-value',
        keySpan(node, issue.path),
        `"${String(issue.path.at(-1))}" is not a name`,
        describe(issue),
      ),
    ];
  if (at === undefined) return [missing(schema, node, issue)];
  const shown = at.kind === 'scalar' ? `"${at.text}"` : `a ${at.kind}`;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const name = String(issue.path.at(-1) ?? 'value');
    return [
      problem(
        'wrong-value',
        at.span,
        `${shown} is not a value of ${name}`,
        didYouMean(at.kind === 'scalar' ? at.text : '', values),
      ),
    ];
  }
  const code = issue.code === 'invalid_type' ? 'wrong-type' : 'wrong-value';
  const expectation = descriptionOf(schemaAt(schema, issue.path)) ?? describe(issue);
  const what =
    issue.code === 'invalid_type'
      ? `${shown} is not ${article(issue.expected)}`
      : `${shown} is not right here`;
  return [problem(code, at.span, what, expectation)];
}

function problem(
  code: Diagnostic['code'],
  span: Span,
  message: string,
  hint: string | undefined,
): Diagnostic {
  return { severity: 'error', code, message, span, ...(hint === undefined ? {} : { hint }) };
}

function unknownKey(schema: Schema | undefined, at: LocatedMapping, key: string): Diagnostic {
  const span = at.entries.get(key)?.key ?? at.span;
  const known = schema === undefined ? [] : keysOf(schema).filter((name) => !at.entries.has(name));
  return problem('unknown-key', span, `unknown key "${key}"`, didYouMean(key, known));
}

function missing(schema: Schema, node: LocatedNode, issue: Issue): Diagnostic {
  const parent = nodeAt(node, issue.path.slice(0, -1));
  const span =
    parent === undefined ? node.span : { start: parent.span.start, end: parent.span.start + 1 };
  const key = String(issue.path.at(-1));
  return problem(
    'missing-key',
    span,
    `the key "${key}" is missing`,
    descriptionOf(schemaAt(schema, issue.path)),
  );
}

/** Of a union, the alternative that the text comes closest to is the one its author meant. */
function bestOfUnion(
  schema: Schema,
  node: LocatedNode,
  issue: Extract<Issue, { code: 'invalid_union' }>,
): Diagnostic[] {
  const at = schemaAt(schema, issue.path);
  const options = at === undefined ? [] : optionsOf(at);
  const target = nodeAt(node, issue.path);
  const ranked = issue.errors
    .map((issues, index) => ({ issues, option: options[index] }))
    .toSorted((a, b) => weight(a.issues) - weight(b.issues));
  const best = ranked[0];
  if (best?.option === undefined || target === undefined || weight(best.issues) >= 100) {
    const span = target?.span ?? node.span;
    const shown = target?.kind === 'scalar' ? `"${target.text}"` : `this`;
    return [problem('wrong-type', span, `${shown} is not right here`, at && descriptionOf(at))];
  }
  const option = best.option;
  return best.issues.flatMap((inner) => diagnose(option, target, inner));
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'invalid_type' && issue.path.length === 0 ? 100 : 1),
    0,
  );
}

function keySpan(node: LocatedNode, path: readonly PropertyKey[]): Span {
  const parent = nodeAt(node, path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? node.span;
}

function describe(issue: Issue): string | undefined {
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'invalid_key') return 'lower-case letters, digits, _ and -';
  return undefined;
}

function article(expected: string): string {
  const name = {
    string: 'text',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
    int: 'a whole number',
  }[expected];
  return name ?? `a ${expected}`;
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
