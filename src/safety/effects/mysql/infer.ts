import type { Span } from '#runbook/yaml/source.ts';
import { type EffectReport, type Reason, reportOf, unsure } from '../report.ts';
import { judgeMysqlStatement, type Session } from './judge-statement.ts';
import { type Quoting, type Token, tokensOf } from './tokens.ts';

/**
 * Infers the maximum effect of a MySQL or MariaDB statement. It is a read only if it is a single
 * statement with a reading verb, calls only functions known to only read, and all this holds under
 * every `sql_mode`. Parameters are written as `?`.
 */
export function inferMysql(sql: string): EffectReport {
  return reportOf(judgeMysql(sql, 'held'));
}

/**
 * Returns the reasons against a read. In an `own` session the text may contain several statements.
 */
export function judgeMysql(sql: string, session: Session): readonly Reason[] {
  const whole = { start: 0, end: sql.length };
  if (sql.includes('\0')) return [unsure('the server reads NUL as an end', whole)];
  const doubt = session === 'own' ? clientDoubt(sql) : undefined;
  if (doubt !== undefined) return [unsure(doubt, whole)];
  const all = QUOTINGS.flatMap((quoting) => judgeQuoted(sql, quoting, session));
  const texts = new Map(all.map((reason) => [`${reason.span.start} ${reason.text}`, reason]));
  return [...texts.values()];
}

/**
 * Texts that the client interprets before the server does: it looks for its own commands, in its
 * own charset.
 */
const CLIENT_DOUBTS: readonly (readonly [RegExp, string])[] = [
  [/delimiter/i, 'the client may take delimiter for an order'],
  [/\\`/, 'the client reads a backslash before a backtick in its own way'],
  [/[\u0080-\uffff][\\`]/, 'what this character is depends on the charset of the client'],
];

function clientDoubt(sql: string): string | undefined {
  return CLIENT_DOUBTS.find(([pattern]) => pattern.test(sql))?.[1];
}

/** Every quoting mode: that of the server is unknown. */
const QUOTINGS: readonly Quoting[] = [true, false].flatMap((backslash) =>
  [false, true].map((ansi) => ({ backslash, ansi })),
);

function judgeQuoted(sql: string, quoting: Quoting, session: Session): readonly Reason[] {
  const read = tokensOf(sql, quoting);
  if (!read.ok) return [unsure(read.problem, read.span)];
  const statements = split(read.tokens);
  const foreign = session === 'own' ? read.tokens.find(isForeign) : undefined;
  const doubts =
    foreign === undefined
      ? []
      : [unsure('where this name ends depends on the charset of the client', foreign.span)];
  const reasons = [
    ...doubts,
    ...statements.flatMap((tokens) => judgeMysqlStatement(tokens, session)),
  ];
  const second = statements[1]?.[0];
  if (statements.length === 0)
    return [unsure('there is no statement', { start: 0, end: sql.length })];
  return second === undefined || session === 'own'
    ? reasons
    : [...reasons, unsure('more than one statement', second.span)];
}

function isForeign({ kind, text }: Token): boolean {
  return (kind === 'word' || kind === 'variable') && /[\u0080-\uffff]/.test(text);
}

/** Statements that contain other statements: a procedure, a trigger, an event, a block. */
const PROGRAM = /^(?:CREATE|ALTER|BEGIN NOT|DELIMITER)\b/;

/** Returns the span of a second statement if there is one in every quoting mode. */
export function secondOfMysql(sql: string): Span | undefined {
  const seconds = QUOTINGS.map((quoting) => {
    const read = tokensOf(sql, quoting);
    if (!read.ok) return undefined;
    return PROGRAM.test(read.tokens.map(({ text }) => text).join(' '))
      ? undefined
      : split(read.tokens)[1]?.[0]?.span;
  });
  return seconds.includes(undefined) ? undefined : seconds[0];
}

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens)
    if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  return statements.filter(({ length }) => length > 0);
}
