import { type DatabaseExecutorOptions, holdConnection } from '../database/held-connection.ts';
import type { Executor } from '../executor.ts';
import { executeOnMysql } from './execution.ts';
import { loginToMysql } from './login.ts';

/** Returns an executor for MySQL or MariaDB; a `mysql:` and a `mariadb:` URL reach both. */
export function createMysqlExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection({ login: loginToMysql, execute: executeOnMysql }, options);
}
