import type { Parse } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';

/** The maximum of a script's standard output that can be parsed, in bytes. */
const PARSED_BYTES = 1024 * 1024;

/** Returns the bytes of standard output to keep for parsing; undefined for none. */
export function parsedBytes(parse: Parse): number | undefined {
  return parse === 'text' ? undefined : PARSED_BYTES;
}

type Parsed = { readonly fields: Readonly<Record<string, Json>> } | { readonly error: StepError };

/**
 * Parses a script's standard output into `json`, or into `lines` without their line ends. Output
 * that was too long (undefined) is an error: a part of it would be misleading.
 */
export function parseOutput(parse: Parse, text: string | undefined): Parsed {
  if (parse === 'text') return { fields: {} };
  if (text === undefined) return { error: TOO_LONG };
  return parse === 'lines' ? { fields: { lines: linesOf(text) } } : parseJson(text);
}

const TOO_LONG: StepError = {
  kind: 'unexpected',
  message: `the script printed more than can be parsed (${PARSED_BYTES / 1024} KiB)`,
  hint: 'Print less: select in the script what the runbook needs.',
};

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function parseJson(text: string): Parsed {
  try {
    return { fields: { json: JSON.parse(text) as Json } };
  } catch {
    return { error: notJson(text) };
  }
}

function notJson(text: string): StepError {
  if (text.trim() === '')
    return { kind: 'unexpected', message: 'the script printed nothing where JSON was expected' };
  const { line, column, found } = jsonFault(text);
  return {
    kind: 'unexpected',
    message: `the standard output is not JSON: line ${line}, column ${column}: ${found}`,
  };
}

/** The position of the first error in a JSON text. Lines and columns count from 1. */
type JsonFault = { readonly line: number; readonly column: number; readonly found: string };

/** A punctuation mark, a string, or another scalar. */
const TOKEN =
  /\s*(?:([{}[\],:])|("[ !#-[\]-\u{10FFFF}]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\u{10FFFF}]*)*")|(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-]))/uy;

/** The tokens allowed in each state; `v` is a scalar other than a string. */
const MAY_COME = {
  value: 'v"{[',
  'value-or-end': 'v"{[]',
  key: '"',
  'key-or-end': '"}',
  colon: ':',
  'comma-or-end': ',}]',
  end: '',
} as const;

type Expected = keyof typeof MAY_COME;

/**
 * Returns the position of the first error in a text that `JSON.parse` rejected. Its own message
 * lacks the position for some errors, and quotes the text for others; this one shows a single
 * character, which reveals no usable part of a secret.
 */
function jsonFault(text: string): JsonFault {
  const open: string[] = [];
  let expected: Expected | undefined = 'value';
  let at = 0;
  while (expected !== undefined) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) break;
    expected = follow(token[1] ?? (token[2] === undefined ? 'v' : '"'), expected, open);
    if (expected !== undefined) at = TOKEN.lastIndex;
  }
  const fault = text.length - text.slice(at).trimStart().length;
  const before = text.slice(0, fault);
  const character = String.fromCodePoint(text.codePointAt(fault) ?? 0);
  return {
    line: before.split('\n').length,
    column: fault - before.lastIndexOf('\n'),
    found:
      fault >= text.length ? 'the text ends too early' : `unexpected ${JSON.stringify(character)}`,
  };
}

/** Returns the state after a token, or undefined if the token is not allowed. */
function follow(token: string, expected: Expected, open: string[]): Expected | undefined {
  if (!MAY_COME[expected].includes(token)) return undefined;
  switch (token) {
    case '{':
      open.push('}');
      return 'key-or-end';
    case '[':
      open.push(']');
      return 'value-or-end';
    case '}':
    case ']':
      return open.pop() === token ? afterValue(open) : undefined;
    case ':':
      return 'value';
    case ',':
      return open.at(-1) === '}' ? 'key' : 'value';
    default:
      return expected.startsWith('key') ? 'colon' : afterValue(open);
  }
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'end' : 'comma-or-end';
}
