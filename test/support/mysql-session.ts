import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { findMariadb } from '#lab/servers/mariadb.ts';
import { createMysqlExecutor } from '#steps/mysql/executor.ts';
import { type Session, type SessionOptions, sessionOn } from './database-session.ts';

/** False where there is no MariaDB to start: `sh bin/test-servers.sh` says how to get one. */
export const hasMariadb = (await findMariadb()) !== undefined;

/** Opens a session on MySQL or MariaDB that is closed when the test has finished. */
export function openSession(url: string, options?: SessionOptions): Session {
  return sessionOn(createMysqlExecutor, url, options);
}

/** Another program's connection. */
export type OtherClient = {
  readonly connection: Connection;
  /** Runs a statement of that program and returns its rows. */
  ask<Found = Record<string, unknown>>(text: string): Promise<readonly Found[]>;
};

/** Opens a connection of another program, closed when the test has finished. */
export async function otherClient(url: string): Promise<OtherClient> {
  const connection = await mysql.createConnection(url);
  connection.on('error', () => {});
  onTestFinished(async () => connection.destroy());
  return {
    connection,
    async ask<Found>(text: string) {
      const [rows] = await connection.query<RowDataPacket[]>(text);
      return rows as unknown as readonly Found[];
    },
  };
}

/** Runs statements one after the other, on a connection of their own. */
export async function setUp(url: string, statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection(url);
  for (const text of statements) await connection.query(text);
  await connection.end();
}
