/**
 * The static type of a value. `nullable` values may also be null; a mapping has only the listed
 * fields, and a result row is of type `any`.
 */
export type ValueType = { readonly nullable?: true } & (
  | { readonly kind: 'any' }
  | {
      readonly kind: 'text';
      /** The only possible texts. */
      readonly values?: readonly string[];
      readonly format?: 'duration' | 'url';
    }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'list'; readonly of: ValueType }
  | { readonly kind: 'mapping'; readonly fields: Fields }
);

/** The parts of a mapping, by name. */
export type Fields = { readonly [name: string]: ValueType };

/** Any value. */
export const ANY: ValueType = { kind: 'any' };
/** A text. */
export const TEXT: ValueType = { kind: 'text' };
/** A number, whole or not. */
export const NUMBER: ValueType = { kind: 'number' };
/** True or false. */
export const BOOLEAN: ValueType = { kind: 'boolean' };

/** Returns the type of a text that is one of the given values. */
export function oneOf(...values: readonly string[]): ValueType {
  return { kind: 'text', values };
}

/** Returns the type of a list. */
export function listOf(of: ValueType): ValueType {
  return { kind: 'list', of };
}

/** Returns the type of a mapping. */
export function mappingOf(fields: Fields): ValueType {
  return { kind: 'mapping', fields };
}

/** Returns the type of a value that may also be null. */
export function orNull(type: ValueType): ValueType {
  return { ...type, nullable: true };
}

/** Returns the name of a type in messages, e.g. `a number`. */
export function typeName(type: ValueType): string {
  if (type.kind === 'text' && type.format !== undefined)
    return type.format === 'duration' ? 'a duration (a text)' : 'a URL (a text)';
  return NAMES[type.kind];
}

const NAMES: Readonly<Record<ValueType['kind'], string>> = {
  any: 'a value',
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  mapping: 'a mapping',
};

/** Returns whether a value of a type is one text, number or boolean, and never a list. */
export function isOneValue({ kind }: ValueType): boolean {
  return kind === 'text' || kind === 'number' || kind === 'boolean';
}
