import { type DatabaseExecutorOptions, holdConnection } from '../database/held-connection.ts';
import type { Executor } from '../executor.ts';
import { executeOnPostgres } from './execution.ts';
import { loginToPostgres } from './login.ts';

/** Returns an executor for PostgreSQL. */
export function createPostgresExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection({ login: loginToPostgres, execute: executeOnPostgres }, options);
}
