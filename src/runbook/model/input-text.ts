import { RunbookError, usageError } from '#errors.ts';
import { counted, listed } from '#text/count.ts';
import { parseDuration } from '#text/duration.ts';
import { wholePattern } from '../expression/regex.ts';
import { textOf } from '../expression/template.ts';
import {
  type InputDefinition,
  type InputLimits,
  type ScalarType,
  scalarTypeOf,
} from './input-definition.ts';
import { jsonText, type Value } from './value.ts';

/** The parts of an input that decide how its text is read. */
type Accepting = Pick<InputDefinition, 'name' | 'type' | 'secret'> & InputLimits;

/** A value, or what it would have to be: `a number`. */
type Read = { readonly value: string | number | boolean } | { readonly expected: string };

/**
 * Parses an input's text; throws a usage error if it has the wrong type or is not accepted. The text
 * of a list has one item a line, items between commas on one line, or is a JSON array. `variable` is
 * the environment variable that the text is from, if it is from one.
 */
export function parseInput(definition: Accepting, text: string, variable?: string): Value {
  const { name, type, secret } = definition;
  const input = variable === undefined ? `input "${name}"` : `input "${name}" ($${variable})`;
  if (type !== 'list') {
    const read = readScalar(definition, text);
    if ('value' in read) return read.value;
    throw refused(`the ${input} has`, read.expected, secret ? undefined : text);
  }
  const items = itemsOf(text);
  if (items === undefined)
    throw usageError(
      `the ${input} has to be a list, and its text is not one`,
      'give one item a line, items between commas, or a JSON array of texts and numbers',
    );
  const values = items.map((item) => {
    const read = readScalar(definition, item);
    if ('value' in read) return read.value;
    throw refused(`every item of the ${input} has`, read.expected, item);
  });
  const few = countProblem(values.length, definition);
  if (few !== undefined)
    throw usageError(`the ${input} has to have ${few}, and has ${values.length}`);
  return values;
}

function refused(who: string, expected: string, text: string | undefined): RunbookError {
  const shown = text === undefined ? 'its value' : `"${text}"`;
  return usageError(
    `${who} to ${expected}, and ${shown} ${expected.startsWith('be ') ? 'is not' : 'does not'}`,
  );
}

/** Returns why a text is invalid for an input, or undefined if it is valid. */
export function inputRefusal(definition: Accepting, text: string): string | undefined {
  try {
    parseInput(definition, text);
    return undefined;
  } catch (error) {
    if (error instanceof RunbookError) return error.message;
    throw error;
  }
}

/** Returns a text that {@link parseInput} reads as this value; a list is shown as `a, b`. */
export function inputText(value: Value): string {
  if (!Array.isArray(value)) return textOf(value);
  const texts = value.map(textOf);
  const isPlain = texts.every((text) => text.trim() !== '' && !/^\s|\s$|[,\n]|^\[/.test(text));
  return isPlain ? texts.join(', ') : jsonText(value);
}

/** Returns the values that an input accepts besides its type, in a few words: `a or b`. */
export function acceptedText({
  type,
  enum: only,
  pattern,
  min,
  max,
}: Pick<InputDefinition, 'type'> & InputLimits): string | undefined {
  const bound = (size: string | number) =>
    type === 'list' ? counted(Number(size), 'item') : String(size);
  const parts = [
    ...(only === undefined ? [] : [listed(only.map(String))]),
    ...(pattern === undefined ? [] : [`like ${pattern}`]),
    ...(min === undefined ? [] : [`at least ${bound(min)}`]),
    ...(max === undefined ? [] : [`at most ${bound(max)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function readScalar(definition: Accepting, text: string): Read {
  const read = READERS[scalarTypeOf(definition)](text);
  if ('expected' in read) return read;
  const expected = limitProblem(read.value, definition);
  return expected === undefined ? read : { expected };
}

const READERS: Readonly<Record<ScalarType, (text: string) => Read>> = {
  text: (value) => ({ value }),
  number: (text) => {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) ? { value } : { expected: 'be a number' };
  },
  boolean: (text) =>
    text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { expected: 'be true or false' },
  duration: (text) =>
    parseDuration(text) === undefined
      ? { expected: 'be a duration such as 10m' }
      : { value: text.trim() },
  url: (text) =>
    /^[a-z][a-z0-9+.-]*:/i.test(text.trim())
      ? { value: text.trim() }
      : { expected: 'be a URL such as postgres://user@host/database' },
};

/** Returns what a value of the right type would have to be, or undefined if it is accepted. */
function limitProblem(value: string | number | boolean, definition: Accepting): string | undefined {
  const { enum: only, pattern, type } = definition;
  if (only !== undefined && !only.some((one) => one === value))
    return `be ${listed(only.map(String))}`;
  if (pattern !== undefined && !wholePattern(pattern)(String(value))) return `match ${pattern}`;
  return type === 'list' ? undefined : rangeProblem(sizeOf(value), definition);
}

function rangeProblem(size: number | undefined, { min, max }: InputLimits): string | undefined {
  if (size === undefined) return undefined;
  if (min !== undefined && size < (sizeOf(min) ?? 0)) return `be at least ${min}`;
  return max !== undefined && size > (sizeOf(max) ?? 0) ? `be at most ${max}` : undefined;
}

/** Returns a number, or a duration in milliseconds; undefined for any other value. */
export function sizeOf(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function countProblem(count: number, { min, max }: InputLimits): string | undefined {
  if (min !== undefined && count < Number(min)) return `at least ${counted(Number(min), 'item')}`;
  return max !== undefined && count > Number(max)
    ? `at most ${counted(Number(max), 'item')}`
    : undefined;
}

/** Returns the items in a text; undefined for JSON that is not an array of texts, numbers and booleans. */
function itemsOf(text: string): readonly string[] | undefined {
  if (text.trimStart().startsWith('[')) return jsonItems(text);
  const parts = text.includes('\n') ? text.split(/\r?\n/) : text.split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function jsonItems(text: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    const isPlain = parsed.every((item) => ['string', 'number', 'boolean'].includes(typeof item));
    return isPlain ? parsed.map(String) : undefined;
  } catch {
    return undefined;
  }
}
