/** The position of the first error in a JSON text. Lines and columns count from 1. */
export type JsonFault = { readonly line: number; readonly column: number; readonly found: string };

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
export function jsonFault(text: string): JsonFault {
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
