import { LIST_METHODS } from '#runbook/expression/list-methods.ts';
import type { ValueType } from '#runbook/model/value-type.ts';

/** A function of expressions; `of` lists the kinds of value that it is a method of. */
export type ExpressionFunction = {
  readonly name: string;
  readonly signature: string;
  readonly meaning: string;
  readonly of?: readonly ValueType['kind'][];
};

const OF_TEXT = ['text', 'any'] as const;
const OF_LIST = ['list', 'any'] as const;
const OF_BOTH = ['text', 'list', 'mapping', 'any'] as const;

const LISTED = Object.entries(LIST_METHODS).map(([name, { gives, meaning }]) => ({
  ...{ name, meaning, of: OF_LIST },
  signature: `list.${name}(): ${gives}`,
}));

/** The functions that expressions can use. */
export const FUNCTIONS: readonly ExpressionFunction[] = [
  ...LISTED,
  { name: 'has', signature: 'has(x.y): boolean', meaning: 'whether x has y' },
  { name: 'size', signature: 'size(value): number', meaning: 'the length of a text or list' },
  { name: 'int', signature: 'int(value): number', meaning: 'the value as a whole number' },
  { name: 'double', signature: 'double(value): number', meaning: 'the value as a number' },
  { name: 'string', signature: 'string(value): text', meaning: 'the value as text' },
  { name: 'json', signature: 'json(value): text', meaning: 'the value as JSON' },
  { name: 'round', signature: 'round(number): number', meaning: 'the nearest whole number' },
  {
    name: 'counted',
    signature: 'counted(number, one, many): text',
    meaning:
      'the number with the words in agreement, e.g. 1 row, 3 rows; many is one and "s" if left out',
  },
  {
    name: 'duration',
    signature: 'duration(text): duration',
    meaning: 'a duration that can be compared, e.g. duration("5m")',
  },
  {
    name: 'timestamp',
    signature: 'timestamp(text): timestamp',
    meaning: 'a time that can be compared, from RFC 3339',
  },
  {
    name: 'contains',
    signature: 'text.contains(part): boolean',
    meaning: 'whether the text contains a part',
    of: OF_TEXT,
  },
  {
    name: 'startsWith',
    signature: 'text.startsWith(part): boolean',
    meaning: 'whether the text starts with a part',
    of: OF_TEXT,
  },
  {
    name: 'endsWith',
    signature: 'text.endsWith(part): boolean',
    meaning: 'whether the text ends with a part',
    of: OF_TEXT,
  },
  {
    name: 'matches',
    signature: 'text.matches(pattern): boolean',
    meaning: 'whether any part of the text matches an RE2 pattern',
    of: OF_TEXT,
  },
  {
    name: 'lowerAscii',
    signature: 'text.lowerAscii(): text',
    meaning: 'the text with a-z for A-Z',
    of: OF_TEXT,
  },
  {
    name: 'upperAscii',
    signature: 'text.upperAscii(): text',
    meaning: 'the text with A-Z for a-z',
    of: OF_TEXT,
  },
  {
    name: 'trim',
    signature: 'text.trim(): text',
    meaning: 'the text without the blanks around it',
    of: OF_TEXT,
  },
  {
    name: 'split',
    signature: 'text.split(separator): list',
    meaning: 'the parts between separators',
    of: OF_TEXT,
  },
  {
    name: 'substring',
    signature: 'text.substring(start, end): text',
    meaning: 'the characters from start (from 0) to before end',
    of: OF_TEXT,
  },
  {
    name: 'indexOf',
    signature: 'text.indexOf(part): number',
    meaning: 'where a part begins, from 0; -1 without it',
    of: OF_TEXT,
  },
  {
    name: 'size',
    signature: 'value.size(): number',
    meaning: 'the length of a text, or the number of items',
    of: OF_BOTH,
  },
  {
    name: 'all',
    signature: 'list.all(x, condition): boolean',
    meaning: 'whether the condition is true of every item',
    of: OF_LIST,
  },
  {
    name: 'exists',
    signature: 'list.exists(x, condition): boolean',
    meaning: 'whether the condition is true of an item',
    of: OF_LIST,
  },
  {
    name: 'exists_one',
    signature: 'list.exists_one(x, condition): boolean',
    meaning: 'whether the condition is true of exactly one item',
    of: OF_LIST,
  },
  {
    name: 'filter',
    signature: 'list.filter(x, condition): list',
    meaning: 'the items of which the condition is true',
    of: OF_LIST,
  },
  {
    name: 'map',
    signature: 'list.map(x, expression): list',
    meaning: 'the value of an expression for every item',
    of: OF_LIST,
  },
  {
    name: 'join',
    signature: 'list.join(separator): text',
    meaning: 'the texts, with a separator between them',
    of: OF_LIST,
  },
];
