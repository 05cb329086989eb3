import {
  type DatabaseExecutorOptions,
  holdConnection,
  type LogIn,
} from '../database/held-connection.ts';
import type { Executor } from '../executor.ts';
import { PostgresConnection } from './connection.ts';
import { openPostgres } from './login.ts';

/** Returns an executor for PostgreSQL. */
export function createPostgresExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection(loginToPostgres, options);
}

/** Logs in to PostgreSQL and describes the session. */
export const loginToPostgres: LogIn<PostgresConnection> = (url, options) =>
  openPostgres(url, options, PostgresConnection);
