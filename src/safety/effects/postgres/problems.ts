import { effectOfConsoleCommand } from './console.ts';
import type { ParsePostgres } from './infer.ts';
import { problemOf, type SqlProblem } from './problem.ts';
import { type PostgresStatement, statementsOf } from './syntax.ts';

/** A text for PostgreSQL's protocol: statements, a command of PgBouncer's console, or neither. */
export type PostgresText =
  | { readonly kind: 'statements'; readonly statements: readonly PostgresStatement[] }
  | { readonly kind: 'command'; readonly effect: ReturnType<typeof effectOfConsoleCommand> & {} }
  | { readonly kind: 'wrong'; readonly problem: SqlProblem };

/** Reads a text with PostgreSQL's own parser. */
export function readPostgres(sql: string, parse: ParsePostgres): PostgresText {
  try {
    return { kind: 'statements', statements: statementsOf(parse(sql)) };
  } catch (error) {
    const effect = effectOfConsoleCommand(sql);
    return effect === undefined
      ? { kind: 'wrong', problem: problemOf(sql, error) }
      : { kind: 'command', effect };
  }
}

/**
 * Returns what PostgreSQL's own parser refuses, with its place in UTF-16 offsets; it stops at the
 * first problem. Commands of PgBouncer's console are no problem.
 */
export function postgresProblems(sql: string, parse: ParsePostgres): readonly SqlProblem[] {
  const read = readPostgres(sql, parse);
  return read.kind === 'wrong' ? [read.problem] : [];
}
