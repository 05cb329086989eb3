import {
  type DatabaseExecutorOptions,
  holdConnection,
  type LogIn,
} from '../database/held-connection.ts';
import { describeHeld, heldLogin } from '../database/login.ts';
import type { Executor } from '../executor.ts';
import { type MysqlConnection, openMysql } from './connection.ts';

/** Returns an executor for MySQL or MariaDB. `mysql:` and `mariadb:` URLs reach both. */
export function createMysqlExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection(loginToMysql, options);
}

/** Logs in to MySQL or MariaDB and describes the session. */
export const loginToMysql: LogIn<MysqlConnection> = async (url, options) => {
  const login = heldLogin(url, options);
  return describeHeld(login, await openMysql(login, options.reserveUrl));
};
