import {
  type DatabaseExecutorOptions,
  holdConnection,
  type LogIn,
} from '../database/held-connection.ts';
import { describeHeld, heldLogin, type Login, type LoginResult } from '../database/login.ts';
import type { Executor } from '../executor.ts';
import { PostgresConnection } from './connection.ts';
import { logInToPostgres } from './login.ts';

/** Returns an executor for PostgreSQL. */
export function createPostgresExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection(loginToPostgres, options);
}

/** Logs in to PostgreSQL and describes the session. */
export const loginToPostgres: LogIn<PostgresConnection> = async (url, options) => {
  const login = heldLogin(url, options);
  return describeHeld(login, await openPostgres(login));
};

/** Logs in to PostgreSQL. */
export async function openPostgres(login: Login): Promise<LoginResult<PostgresConnection>> {
  const { session, error } = await logInToPostgres(login);
  return error === undefined ? { connection: new PostgresConnection(session) } : { error };
}
