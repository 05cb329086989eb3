import * as z from 'zod/mini';
import type { Diagnostic } from '../diagnostic.ts';
import type { LocatedNode } from './located.ts';
import type { Span } from './source.ts';

type Schema = z.core.$ZodType;

/** Where a part of a document is written; a key that is left out has the place of its mapping. */
export type Place = {
  readonly node: LocatedNode;
  /** The key that leads to it, or the whole of an item. */
  readonly key: Span;
  readonly path: readonly (string | number)[];
};

/** The compiled value of a part of a document, undefined if it cannot be used, and its problems. */
export type Held<T> = { readonly value: T | undefined; readonly problems: readonly Diagnostic[] };

/** A value with its place. */
export type Placed<T> = { readonly value: T; readonly span: Span };

type Declared = {
  readonly schema: Schema;
  readonly compile: (written: never, at: Place) => Held<unknown>;
};

const DECLARED = new WeakMap<Schema, Declared>();

/** Returns a compiled value, with the problems that were found beside it. */
export function held<T>(value: T, problems: readonly Diagnostic[] = []): Held<T> {
  return { value, problems };
}

/**
 * Declares what a part of a document holds: `compile` makes it of the value that `schema` accepts,
 * whose own parts are compiled before. Messages and the JSON Schema are those of `schema`.
 */
export function holds<V, T>(
  schema: z.ZodMiniType<V>,
  compile: (written: V, at: Place) => Held<T>,
): z.ZodMiniType<T> {
  // Not as a child of `schema`: JSON Schemas would refer to it.
  const own = z.core.clone(schema, schema._zod.def);
  z.globalRegistry.add(own, z.globalRegistry.get(schema) ?? {});
  DECLARED.set(own, { schema, compile });
  return own as unknown as z.ZodMiniType<T>;
}

/** Declares a rule of a part: `problemsOf` returns what is wrong with it. */
export function checked<V>(
  schema: z.ZodMiniType<V>,
  problemsOf: (value: V, at: Place) => readonly Diagnostic[],
): z.ZodMiniType<V> {
  return holds(schema, (value, at) => held(value, problemsOf(value, at)));
}

/** Makes a key optional; without it, `value` is held. */
export function withDefault<V>(schema: z.ZodMiniType<V>, value: V): z.ZodMiniType<V> {
  return holds(z.optional(schema), (written) => held(written ?? value));
}

/** Declares that a part is held with its place. */
export function placed<V>(schema: z.ZodMiniType<V>): z.ZodMiniType<Placed<V>> {
  return holds(schema, (value, { node: { span } }) => held({ value, span }));
}

/**
 * Returns what a part of a document holds, by the declarations in its schema; `written` is valid. An
 * item, an entry or an optional key without a value is left out, so that the rest can be checked;
 * what needs it has no value either.
 */
export function compiled<S extends Schema>(
  schema: S,
  written: unknown,
  at: Place,
): Held<z.infer<S>> {
  return compiledPart(schema, written, at) as Held<z.infer<S>>;
}

function compiledPart(schema: Schema, written: unknown, at: Place): Held<unknown> {
  const declared = declaredBy(schema);
  if (declared !== undefined) {
    const inner = compiledPart(declared.schema, written, at);
    if (inner.value === undefined && written !== undefined) return inner;
    const { value, problems } = declared.compile(inner.value as never, at);
    return { value, problems: [...inner.problems, ...problems] };
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (written === undefined || written === null) return held(written);
  switch (def.type) {
    case 'optional':
      return compiledPart(def.innerType, written, at);
    case 'union': {
      const option = def.options.find((one) => z.safeParse(one, written).success);
      return option === undefined ? held(written) : compiledPart(option, written, at);
    }
    case 'array': {
      const items = (written as readonly unknown[]).map((item, index) =>
        compiledPart(def.element, item, placeIn(at, index)),
      );
      return held(
        items.flatMap(({ value }) => (value === undefined ? [] : [value])),
        items.flatMap(({ problems }) => problems),
      );
    }
    case 'record':
      return compiledMapping(written, at, () => def.valueType, []);
    case 'object':
      return compiledMapping(written, at, (key) => def.shape[key], Object.keys(def.shape));
    default:
      return held(written);
  }
}

/** A key of `keys` that is left out may have a default. */
function compiledMapping(
  written: object,
  at: Place,
  schemaOf: (key: string) => Schema | undefined,
  keys: readonly string[],
): Held<object> {
  const absent = keys.filter((key) => !Object.hasOwn(written, key));
  const all = [...Object.entries(written), ...absent.map((key) => [key, undefined] as const)];
  const parts = all.map(([key, value]) => {
    const schema = schemaOf(key);
    const part = schema === undefined ? held(value) : compiledPart(schema, value, placeIn(at, key));
    const isLost = value !== undefined && part.value === undefined;
    return { key, isLost: isLost && keys.includes(key) && !isOptional(schema), ...part };
  });
  const values = parts.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]));
  return {
    value: parts.some(({ isLost }) => isLost) ? undefined : Object.fromEntries(values),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** A schema with another description holds what it held before. */
function declaredBy(schema: Schema): Declared | undefined {
  const { parent } = schema._zod;
  return DECLARED.get(schema) ?? (parent && declaredBy(parent));
}

function isOptional(schema: Schema | undefined): boolean {
  if (schema === undefined || declaredBy(schema) !== undefined) return false;
  return (schema as z.core.$ZodTypes)._zod.def.type === 'optional';
}

function placeIn({ node, path }: Place, key: string | number): Place {
  const entry = node.kind === 'mapping' ? node.entries.get(String(key)) : undefined;
  const item = node.kind === 'sequence' ? node.items[Number(key)] : undefined;
  const inner = entry?.value ?? item ?? node;
  return { node: inner, key: entry?.key ?? inner.span, path: [...path, key] };
}
