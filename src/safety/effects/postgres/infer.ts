import type { Span } from '#runbook/yaml/source.ts';
import { type EffectReport, known, type Reason, reportOf, unsure } from '../report.ts';
import { judgeStatement, type Session } from './judge-statement.ts';
import { readPostgres } from './problems.ts';
import { offsetOfByte } from './syntax.ts';

/** Parses PostgreSQL into libpg-query's tree. Throws its error for a text that cannot be parsed. */
export type ParsePostgres = (sql: string) => unknown;

/**
 * Infers the maximum effect of a PostgreSQL statement. It is a read only if it is a single
 * statement of a reading kind, and every function it calls is PostgreSQL's own and known to only
 * read. Parameters are written as `$1`.
 */
export function inferPostgres(sql: string, parse: ParsePostgres): EffectReport {
  return reportOf(judgePostgres(sql, parse, 'held'));
}

/**
 * Returns the reasons against a read. In an `own` session the text may contain several statements.
 */
export function judgePostgres(
  sql: string,
  parse: ParsePostgres,
  session: Session,
): readonly Reason[] {
  const whole = { start: 0, end: sql.length };
  if (sql.includes('\0')) return [unsure('PostgreSQL reads only up to the NUL character', whole)];
  const quoted = sql.indexOf("\\'");
  const doubts = quoted === -1 ? [] : [unsure(AMBIGUOUS_QUOTE, { start: quoted, end: quoted + 2 })];
  const read = readPostgres(sql, parse);
  if (read.kind === 'command')
    return [known(read.effect.effect, read.effect.text, firstWord(sql, 0))];
  if (read.kind === 'wrong')
    return [unsure(`PostgreSQL cannot parse this: ${read.problem.message}`, read.problem.span)];
  const { statements } = read;
  if (statements.length === 0) return [unsure('there is no statement', whole)];
  const reasons = statements.flatMap(({ node, at }) =>
    judgeStatement(node, {
      session,
      sql,
      span: firstWord(sql, offsetOfByte(sql, at)),
    }),
  );
  const second = statements[1];
  return second === undefined || session === 'own'
    ? [...doubts, ...reasons]
    : [
        ...doubts,
        ...reasons,
        unsure('more than one statement', firstWord(sql, offsetOfByte(sql, second.at))),
      ];
}

const AMBIGUOUS_QUOTE =
  "a backslash before a quote means something else without standard_conforming_strings; write ''";

/** Returns the span of the first word from an offset on, after comments. */
export function firstWord(sql: string, from: number): Span {
  const lead = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(sql.slice(from))?.[0].length ?? 0;
  const start = from + lead;
  const word = /^\w+|^[\s\S]?/.exec(sql.slice(start))?.[0] ?? '';
  return { start, end: start + word.length };
}
