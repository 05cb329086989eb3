import type { LoginOptions, LoginResult } from '../database/held-connection.ts';
import { MysqlConnection } from './connection.ts';
import { dialMysql } from './dial.ts';

/** Logs in to MySQL or MariaDB and describes the session. */
export async function loginToMysql(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<MysqlConnection>> {
  const { made, error } = await dialMysql(url, options, async (link) => {
    const connection = new MysqlConnection(link, { url, ...options });
    await connection.describe();
    return connection;
  });
  return error === undefined ? { connection: made } : { error };
}
