/** Where a text stops being JSON; lines and columns count from 1. */
export type JsonFault = { readonly line: number; readonly column: number; readonly found: string };

/** A mark, a string, or another scalar. */
const TOKEN =
  /\s*(?:([{}[\],:])|("[ !#-[\]-\u{10FFFF}]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\u{10FFFF}]*)*")|(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-]))/uy;

/** What may come next, by the marks that may; `v` is a scalar that is no string. */
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
 * Returns the first place where a text that `JSON.parse` refused is not JSON. Its own message has no
 * position for some faults, and quotes the text for others; here one character of it is shown, which
 * is no part of a secret that anyone could use.
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

/** Returns what may come after a token, or undefined where it may not stand. */
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
