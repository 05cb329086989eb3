import { typeName, type ValueType } from '#runbook/model/value-type.ts';

/** Returns a type as it is shown: `a number or null`, `"a" | "b"`, `a list of a text`. */
export function typeText(type: ValueType): string {
  const own =
    type.kind === 'text' && type.values !== undefined
      ? type.values.map((value) => JSON.stringify(value)).join(' | ')
      : type.kind === 'list' && type.of.kind !== 'any'
        ? `a list of ${PLURAL[type.of.kind]}`
        : typeName(type);
  return type.nullable ? `${own} or null` : own;
}

const PLURAL: Readonly<Record<ValueType['kind'], string>> = {
  any: 'values',
  text: 'texts',
  number: 'numbers',
  boolean: 'booleans',
  list: 'lists',
  mapping: 'mappings',
};
