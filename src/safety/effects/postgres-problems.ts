import type { ParsePostgres } from './infer-postgres.ts';
import { effectOfConsoleCommand } from './postgres/console.ts';
import { problemOf, type SqlProblem } from './postgres/problem.ts';

/**
 * Returns what PostgreSQL's own parser refuses, with its place in UTF-16 offsets; it stops at the
 * first problem. Commands of PgBouncer's console are no problem.
 */
export function postgresProblems(sql: string, parse: ParsePostgres): readonly SqlProblem[] {
  if (effectOfConsoleCommand(sql) !== undefined) return [];
  try {
    parse(sql);
    return [];
  } catch (error) {
    return [problemOf(sql, error)];
  }
}
