import { createMariadbData } from './mariadb-data.ts';
import { type MysqlServer, type MysqlServerOptions, startMysqlServer } from './mysql-server.ts';

/** A private MariaDB server. */
export type MariadbServer = MysqlServer & { readonly engine: 'mariadb' };

/** Creates a new, empty MariaDB server and waits until it accepts connections. */
export async function startMariadb(options: MysqlServerOptions = {}): Promise<MariadbServer> {
  const server = await startMysqlServer(options, createMariadbData);
  return Object.assign(server, { engine: 'mariadb' as const });
}
