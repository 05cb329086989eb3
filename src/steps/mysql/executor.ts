import { type DatabaseExecutorOptions, holdConnection } from '../database/held-connection.ts';
import type { Executor } from '../executor.ts';
import { loginToMysql } from './login.ts';

/** Returns an executor for MySQL or MariaDB. `mysql:` and `mariadb:` URLs reach both. */
export function createMysqlExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection(loginToMysql, options);
}
