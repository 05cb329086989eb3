import { ENGINE_FACTS } from '#runbook/model/engines.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { endOfQuoted } from '#text/quoted.ts';

/** A token. `name` is a quoted identifier, `text` a string, `variable` starts with `@`. */
export type Token = {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'variable' | 'symbol';
  /** Words in upper case, other tokens unchanged. */
  readonly text: string;
  readonly span: Span;
};

/** The server's quoting mode, which its `sql_mode` determines. */
export type Quoting = {
  /** True if a backslash in a string escapes the next character (not NO_BACKSLASH_ESCAPES). */
  readonly backslash: boolean;
  /** True if `"…"` is an identifier (ANSI_QUOTES). */
  readonly ansi: boolean;
};

/** The tokens of a text, or the reason why it cannot be split reliably. */
type Tokens =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly problem: string; readonly span: Span };

/** Splits a text into tokens, as a MySQL or MariaDB server with this quoting mode does. */
export function tokensOf(sql: string, quoting: Quoting): Tokens {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    const rest = sql.slice(at, at + 4);
    const skipped = /^[ \t\r\n\v\f]/.test(rest) ? at + 1 : endOfComment(sql, at);
    if (typeof skipped === 'string')
      return { ok: false, problem: skipped, span: { start: at, end: at + 2 } };
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const token = tokenAt(sql, at, quoting);
    if (token === undefined)
      return {
        ok: false,
        problem: `it is not clear what ${sql[at]} stands for`,
        span: { start: at, end: at + 1 },
      };
    tokens.push(token);
    at = token.span.end;
  }
  return { ok: true, tokens };
}

/**
 * Returns the end of a comment that starts here, or the reason why it is unknown; undefined for no
 * comment.
 */
function endOfComment(sql: string, at: number): number | string | undefined {
  if (sql.startsWith('/*', at)) {
    const inner = sql.slice(at + 2, at + 4);
    if (inner.startsWith('!') || inner.toUpperCase() === 'M!')
      return 'the server runs what is in /*! … */';
    const end = sql.indexOf('*/', at + 2);
    if (end === -1) return 'a comment without an end';
    const isHint = inner.startsWith('+');
    return isHint && /set_var/i.test(sql.slice(at, end)) ? 'a hint sets a variable' : end + 2;
  }
  const isDash = sql.startsWith('--', at);
  if (!isDash && sql[at] !== '#') return undefined;
  if (isDash && /[^ \t\r\n]/.test(sql.charAt(at + 2)))
    return '-- without a space is two minus signs to the server';
  const end = sql.indexOf('\n', at);
  return end === -1 ? sql.length : end;
}

const QUOTES = ENGINE_FACTS.mysql.quotes;
const ANSI_NAME = '"';
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
const VARIABLE = /@@?(?:[\w.$\u0080-\uffff]+)?/y;
const SYMBOL = /:=|->>|->|\|\||&&|<=>|<<|>>|<=|>=|<>|!=|[-+*/%=<>!~^&|(),.;:?]/y;

function tokenAt(sql: string, at: number, quoting: Quoting): Token | undefined {
  const char = sql[at] ?? '';
  if (char === QUOTES.name || QUOTES.text.includes(char)) {
    const isName = char === QUOTES.name || (char === ANSI_NAME && quoting.ansi);
    const end = endOfQuoted(sql, at, quoting.backslash && !isName);
    const span = { start: at, end: end ?? at };
    if (end === undefined) return undefined;
    return { kind: isName ? 'name' : 'text', text: sql.slice(at + 1, end - 1), span };
  }
  return (
    matchAt(WORD, 'word', sql, at) ??
    matchAt(NUMBER, 'number', sql, at) ??
    matchAt(VARIABLE, 'variable', sql, at) ??
    matchAt(SYMBOL, 'symbol', sql, at)
  );
}

function matchAt(pattern: RegExp, kind: Token['kind'], sql: string, at: number): Token | undefined {
  pattern.lastIndex = at;
  const text = pattern.exec(sql)?.[0];
  if (text === undefined) return undefined;
  const span = { start: at, end: at + text.length };
  return { kind, text: kind === 'word' ? text.toUpperCase() : text, span };
}
