import type { Json } from '#runbook/model/value.ts';

/** A statement as it is sent to MySQL. */
export type MysqlBound = {
  /** The statement with a `?` for each of `values`. */
  readonly text: string;
  /** The values in the order of their appearance. If empty, nothing is prepared. */
  readonly values: readonly Json[];
  /** Maps an offset of `text` to the offset in the original statement with `$1`. */
  readonly originOf: (offset: number) => number;
};

/** The reason why the values of a statement cannot be bound, and its offset. */
type MysqlUnbound = { readonly reason: string; readonly at: number };

/**
 * Replaces `$1`, `$2`, … with MySQL's positional `?`. Quoted text, comments and names stay as they
 * are; a value inside them is refused.
 *
 * `KILL` accepts no bound values on older servers, and on newer ones a text such as `'5 …'` would
 * end session 5: whole numbers are written into the statement, and nothing else is accepted.
 * Account statements accept none on any server: names are written in quotes, and names with any
 * character that could end a quote are refused; whole numbers, such as a limit, are written as they
 * are.
 */
export function bindForMysql(text: string, values: readonly Json[]): MysqlBound | MysqlUnbound {
  if (values.length === 0) return asWritten(text);
  const tokens = mysqlTokens(text);
  const [first, second] = tokens.filter(({ kind }) => kind !== 'blank' && kind !== 'comment');
  const verb = first?.text.toUpperCase();
  const write = WRITERS[verb === 'ALTER' ? `ALTER ${second?.text.toUpperCase()}` : (verb ?? '')];
  const refused = findRefused(tokens, values, write);
  if (refused !== undefined) return refused;
  const places = tokens.filter(({ kind }) => kind === 'value');
  const written = tokens.map((token, index) => {
    if (token.kind !== 'value') return token.text;
    return write?.of(boundTo(token, values), tokens[index + 1]) ?? '?';
  });
  return {
    text: written.join(''),
    values: write === undefined ? places.map((token) => boundTo(token, values) ?? null) : [],
    originOf: (offset) => originOf(tokens, written, offset),
  };
}

/** Returns a statement without values. */
export function asWritten(text: string): MysqlBound {
  return { text, values: [], originOf: (offset) => offset };
}

function findRefused(
  tokens: readonly MysqlToken[],
  values: readonly Json[],
  write: Writer | undefined,
): MysqlUnbound | undefined {
  const used = new Set<number>();
  for (const token of tokens) {
    const { kind, text, at } = token;
    if (kind === 'mark')
      return { at, reason: 'beside bound values MySQL takes a ? for one of them' };
    if (kind !== 'value') continue;
    const value = boundTo(token, values);
    if (value === undefined) return { at, reason: `there is no value for ${text}` };
    if (write?.takes(value) === false) return { at, reason: write.reason };
    used.add(numberOf(token));
  }
  const unused = values.findIndex((_, number) => !used.has(number));
  if (unused === -1) return undefined;
  const hidden = tokens.find(({ text }) => text.includes(`$${unused + 1}`));
  return {
    at: hidden?.at ?? 0,
    reason: 'a value cannot be bound in quotes, in a comment or as part of a name',
  };
}

/** Returns the index of a value, from 0. */
function numberOf({ text }: MysqlToken): number {
  return Number(text.slice(1)) - 1;
}

function boundTo(token: MysqlToken, values: readonly Json[]): Json | undefined {
  return values[numberOf(token)];
}

/** Writes values into a statement that cannot bind them. */
type Writer = {
  takes(value: Json): boolean;
  of(value: Json | undefined, next: MysqlToken | undefined): string;
  readonly reason: string;
};

function isWhole(value: Json): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const SESSION_NUMBER: Writer = {
  takes: isWhole,
  of: String,
  reason: 'KILL takes the number of a session, as a number',
};

/**
 * Writes a database name if a dot follows, where GRANT treats `_` as a wildcard; else a user or a
 * host.
 */
const ACCOUNT_NAME: Writer = {
  takes: (value) => isWhole(value) || (typeof value === 'string' && /^[\w%.:/-]+$/.test(value)),
  of: (value, next) => {
    if (typeof value === 'number') return String(value);
    return next?.text === '.'
      ? `\`${String(value).replaceAll(/[_%]/g, '\\$&')}\``
      : `'${String(value)}'`;
  },
  reason: 'this statement takes whole numbers, and names of letters, digits and _ - . : / % alone',
};

const WRITERS: Readonly<Record<string, Writer>> = {
  KILL: SESSION_NUMBER,
  'ALTER USER': ACCOUNT_NAME,
  GRANT: ACCOUNT_NAME,
  REVOKE: ACCOUNT_NAME,
};

function originOf(
  tokens: readonly MysqlToken[],
  written: readonly string[],
  offset: number,
): number {
  let start = 0;
  for (const [index, { kind, text, at }] of tokens.entries()) {
    const length = written[index]?.length ?? text.length;
    if (offset < start + length) return kind === 'value' ? at : at + offset - start;
    start += length;
  }
  return tokens.reduce((length, { text }) => length + text.length, 0);
}

/** The kinds of tokens in a MySQL statement; `value` is a bound value (`$1`), `mark` is a `?`. */
type MysqlTokenKind = 'blank' | 'comment' | 'quoted' | 'value' | 'word' | 'mark' | 'other';

/** A token of a statement. All tokens joined are the statement. */
type MysqlToken = {
  readonly kind: MysqlTokenKind;
  readonly text: string;
  /** The offset in the statement, in UTF-16 code units. */
  readonly at: number;
};

/**
 * The patterns of the tokens. A `--` comment requires a blank after the dashes. A name may contain
 * `$` and digits, so a value must not be part of a name. Whether the server runs the content of a
 * `/*!` comment depends on its version: here it is a comment.
 */
const KINDS: Readonly<Record<MysqlTokenKind, RegExp>> = {
  blank: /\s+/,
  comment: /#[^\n]*|--(?=[\s\p{Cc}]|$)[^\n]*|\/\*.*?(?:\*\/|$)/su,
  quoted: /'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`(?:[^`]|``)*`?/s,
  value: /\$\d+(?![\w$\u{80}-\u{10ffff}])/u,
  word: /[\w$\u{80}-\u{10ffff}]+/u,
  mark: /\?/,
  other: /./s,
};

const TOKEN = new RegExp(
  Object.entries(KINDS)
    .map(([kind, { source }]) => `(?<${kind}>${source})`)
    .join('|'),
  'gsu',
);

/** Splits a statement into tokens, as MySQL does with its default `sql_mode`. */
export function mysqlTokens(statement: string): MysqlToken[] {
  return Array.from(statement.matchAll(TOKEN), ({ 0: text, index: at, groups = {} }) => {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    return { kind: kind as MysqlTokenKind, text, at };
  });
}
