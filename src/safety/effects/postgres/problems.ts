import { effectOfConsoleCommand } from './console.ts';
import type { ParsePostgres } from './infer.ts';
import { problemOf, type SqlProblem } from './problem.ts';
import { type PostgresStatement, statementsOf } from './syntax.ts';

/** A text in PostgreSQL's protocol: statements, a command of PgBouncer's console, or an error. */
export type PostgresText =
  | { readonly kind: 'statements'; readonly statements: readonly PostgresStatement[] }
  | { readonly kind: 'command'; readonly effect: ReturnType<typeof effectOfConsoleCommand> & {} }
  | { readonly kind: 'wrong'; readonly problem: SqlProblem };

/** Parses a text with PostgreSQL's own parser. */
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
 * Returns the error of PostgreSQL's own parser, with its span in UTF-16 offsets. The parser stops
 * at the first error. Commands of PgBouncer's console are not errors.
 */
export function postgresProblems(sql: string, parse: ParsePostgres): readonly SqlProblem[] {
  const read = readPostgres(sql, parse);
  return read.kind === 'wrong' ? [read.problem] : [];
}
