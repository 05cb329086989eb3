import { parseDuration } from '#text/duration.ts';
import { compileRegex } from '../expression/regex.ts';
import { textOf } from '../expression/template.ts';
import { type InputDefinition, type ScalarType, scalarTypeOf } from '../model/input-definition.ts';
import { inputRefusal, sizeOf } from '../model/input-text.ts';
import type { Json } from '../model/value.ts';
import type { Head } from '../schema/runbook.ts';
import type { PartReader } from './part-reader.ts';

type InputDocument = NonNullable<Head['inputs']>[string];

/** Reads the inputs of a runbook; limits that do not fit the type, and defaults that do not fit, are reported. */
export function readInputs(head: Head, reader: PartReader): readonly InputDefinition[] {
  return Object.entries(head.inputs ?? {}).map(([name, document]) => {
    const input = inputOf(name, document);
    if (limitsFit(input, reader)) checkDefault(input, reader);
    return input;
  });
}

function inputOf(name: string, input: InputDocument): InputDefinition {
  const { items, enum: only, pattern, min, max } = input;
  return {
    name,
    type: input.type ?? 'text',
    ...(items === undefined ? {} : { items }),
    ...(only === undefined ? {} : { enum: only }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    secret: input.secret ?? false,
    required: input.required ?? input.default === undefined,
    default: input.default ?? null,
    env: input.env,
    description: input.description,
  };
}

/** Returns whether the keys of an input fit its type and each other; reports those that do not. */
function limitsFit(input: InputDefinition, reader: PartReader): boolean {
  const { name, type } = input;
  const kind = type === 'list' ? 'list' : 'single';
  const strays = STRAY.filter(({ key, isStray }) => input[key] !== undefined && isStray(input));
  for (const { key, hint } of strays)
    reader.report(
      'keys-conflict',
      reader.keySpan(['inputs', name, key]),
      `${article(type)} input cannot have ${key}`,
      hint[kind],
    );
  if (type === 'list' && input.secret)
    reader.report(
      'keys-conflict',
      reader.keySpan(['inputs', name, 'secret']),
      'a list cannot be secret',
      'make each secret an input of its own',
    );
  if (strays.length > 0) return false;
  const fits = [patternFits, enumFits, rangeFits].map((check) => check(input, reader));
  return fits.every(Boolean);
}

type Limit = 'items' | 'enum' | 'pattern' | 'min' | 'max';

const RANGED: readonly InputDefinition['type'][] = ['number', 'duration', 'list'];
const HAS_RANGE = {
  list: '',
  single: 'only numbers, durations and lists have one; for texts use pattern:',
};

const STRAY: readonly {
  readonly key: Limit;
  readonly isStray: (input: InputDefinition) => boolean;
  readonly hint: { readonly list: string; readonly single: string };
}[] = [
  {
    key: 'items',
    isStray: ({ type }) => type !== 'list',
    hint: { list: '', single: 'write type: list, or leave it out' },
  },
  {
    key: 'enum',
    isStray: (input) => scalarTypeOf(input) === 'boolean',
    hint: { list: 'an item is true or false', single: 'it is true or false' },
  },
  {
    key: 'pattern',
    isStray: (input) => !['text', 'url'].includes(scalarTypeOf(input)),
    hint: { list: 'its items are not texts', single: 'use min: and max:, or enum:' },
  },
  { key: 'min', isStray: ({ type }) => !RANGED.includes(type), hint: HAS_RANGE },
  { key: 'max', isStray: ({ type }) => !RANGED.includes(type), hint: HAS_RANGE },
];

function patternFits({ name, pattern = '' }: InputDefinition, reader: PartReader): boolean {
  const { problem } = compileRegex(pattern);
  if (problem === undefined) return true;
  const span = reader.span(['inputs', name, 'pattern']);
  const message = `this pattern cannot be used: ${problem.message}`;
  reader.report(problem.code, span, message, problem.hint);
  return false;
}

function enumFits(input: InputDefinition, reader: PartReader): boolean {
  const type = scalarTypeOf(input);
  const wrong = (input.enum ?? []).findIndex((value) => !isOfScalar(value, type));
  if (wrong === -1) return true;
  const span = reader.span(['inputs', input.name, 'enum', wrong]);
  reader.report('wrong-type', span, `this value is not ${article(type)}`, HINTS[type]);
  return false;
}

function rangeFits(input: InputDefinition, reader: PartReader): boolean {
  const { name, type, min, max } = input;
  const wrong = (['min', 'max'] as const).find((key) => {
    const value = input[key];
    if (value === undefined) return false;
    return type === 'duration'
      ? typeof value !== 'string' || parseDuration(value) === undefined
      : typeof value !== 'number' || (type === 'list' && !(Number.isInteger(value) && value >= 0));
  });
  if (wrong !== undefined) {
    const expected = type === 'list' ? 'a number of items' : article(type);
    const hint = HINTS[type === 'duration' ? 'duration' : 'number'];
    const span = reader.span(['inputs', name, wrong]);
    reader.report('wrong-type', span, `${wrong} of this input is not ${expected}`, hint);
    return false;
  }
  if (min === undefined || max === undefined || (sizeOf(min) ?? 0) <= (sizeOf(max) ?? 0))
    return true;
  const span = reader.span(['inputs', name, 'min']);
  reader.report('wrong-value', span, `min is greater than max: ${max}`, 'exchange them');
  return false;
}

function checkDefault(input: InputDefinition, reader: PartReader): void {
  const { name, type, default: value } = input;
  if (value === null) return;
  const span = reader.span(['inputs', name, 'default']);
  if (!isOfType(value, input)) {
    const hint = type === 'list' ? 'a list, e.g. [a, b]; each item of its type' : HINTS[type];
    const message = `the default of ${article(type)} input is not ${article(type)}`;
    reader.report('wrong-type', span, message, hint);
    return;
  }
  const refusal = inputRefusal(input, textOf(value));
  if (refusal !== undefined)
    reader.report('wrong-value', span, refusal, 'change the default, or what the input accepts');
}

const HINTS: Readonly<Record<ScalarType, string>> = {
  text: 'put it into quotes, or say its type',
  url: 'put it into quotes',
  number: 'a number, without quotes',
  boolean: 'true or false, without quotes',
  duration: 'a duration: 500ms, 10s, 5m or 1h',
};

function article(type: InputDefinition['type']): string {
  return `a ${type}`;
}

/** Returns whether a literal value fits the type of an input. */
export function isOfType(value: Json, input: InputDefinition): boolean {
  const scalar = scalarTypeOf(input);
  if (input.type !== 'list') return isOfScalar(value, scalar);
  return Array.isArray(value) && value.every((item) => isOfScalar(item, scalar));
}

function isOfScalar(value: Json, type: ScalarType): boolean {
  if (type === 'duration') return typeof value === 'string' && parseDuration(value) !== undefined;
  return typeof value === (type === 'text' || type === 'url' ? 'string' : type);
}
