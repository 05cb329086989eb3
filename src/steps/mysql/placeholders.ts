import type { Json } from '#runbook/model/value.ts';
import { type MysqlToken, mysqlTokens } from './tokens.ts';

/** A statement as MySQL gets it. */
export type MysqlBound = {
  /** With a `?` for every one of `values`. */
  readonly text: string;
  /** In the order in which they appear; with none there is nothing to prepare. */
  readonly values: readonly Json[];
  /** Returns the offset in the statement with `$1` that an offset of `text` comes from. */
  readonly originOf: (offset: number) => number;
};

/** Why the values of a statement cannot be bound, and where in it. */
export type MysqlUnbound = { readonly reason: string; readonly at: number };

/**
 * Turns `$1`, `$2`, … into the `?` of MySQL, which tells values apart by their order alone. What
 * stands in quotes, comments and names is left as it is; a value there is refused.
 *
 * `KILL` takes no bound values on older servers, and on newer ones a text like `'5 …'` would end
 * session 5: there whole numbers are written into the statement, and nothing else is accepted. The
 * statements about accounts take none on any server: there names are written, quoted, and names with
 * anything that could end a quote are refused.
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

/** Returns a statement that has no values. */
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

/** Counts from 0. */
function numberOf({ text }: MysqlToken): number {
  return Number(text.slice(1)) - 1;
}

function boundTo(token: MysqlToken, values: readonly Json[]): Json | undefined {
  return values[numberOf(token)];
}

/** Writes the values of a statement that binds none. */
type Writer = {
  takes(value: Json): boolean;
  of(value: Json | undefined, next: MysqlToken | undefined): string;
  readonly reason: string;
};

const SESSION_NUMBER: Writer = {
  takes: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  of: String,
  reason: 'KILL takes the number of a session, as a number',
};

/** Before a dot stands a database, in which GRANT takes `_` for any character; else a user or a host. */
const ACCOUNT_NAME: Writer = {
  takes: (value) => typeof value === 'string' && /^[\w%.:/-]+$/.test(value),
  of: (value, next) =>
    next?.text === '.' ? `\`${String(value).replaceAll(/[_%]/g, '\\$&')}\`` : `'${String(value)}'`,
  reason: 'this statement takes names of letters, digits and _ - . : / % alone',
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
