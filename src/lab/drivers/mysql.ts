import { connect } from 'node:net';
import mysql, { type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import type { ClientRow, OpenClient } from './client.ts';
import { readClientTls } from './tls.ts';

/** Logs in to MariaDB or MySQL through `mysql2`. */
export const openMysqlClient: OpenClient = async (text, { name, withinMs, lookup }) => {
  const url = new URL(text);
  const tls = readClientTls(url);
  const host = url.hostname;
  const port = Number(url.port);
  const options: ConnectionOptions = {
    host,
    port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    connectTimeout: withinMs,
    connectAttributes: { program_name: name },
    ...(tls && { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
    stream: () => connect({ host, port, lookup }).setNoDelay(),
  };
  const driver = await mysql.createConnection(options);
  let lost = false;
  driver.on('error', () => {
    lost = true;
  });
  return {
    id: driver.threadId,
    async ask(sql) {
      const [rows] = await driver.query<RowDataPacket[]>({ sql, timeout: withinMs });
      return Array.isArray(rows) ? (rows as unknown as readonly ClientRow[]) : [];
    },
    isLost: () => lost,
    async end() {
      if (lost) driver.destroy();
      else await driver.end().catch(() => driver.destroy());
    },
  };
};
