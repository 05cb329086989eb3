import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { createShop, type ShopUrls } from '#lab/shop/database.ts';

/** A healthy server with the shop's database and roles, for all tests of a file. */
export type ShopServer = {
  readonly server: PostgresServer;
  readonly urls: ShopUrls;
  /** The environment an operator needs to work on it. */
  readonly env: Readonly<Record<string, string>>;
};

/** Starts the server before the tests of a file and ends it after them; call it at the top of the file. */
export function shopServer(): ShopServer {
  let started: { server: PostgresServer; urls: ShopUrls } | undefined;
  beforeAll(async () => {
    const server = await startPostgres();
    started = { server, urls: await createShop(server) };
  });
  afterAll(() => started?.server.stop());
  const known = () => {
    if (started === undefined) throw new Error('the server has not been started');
    return started;
  };
  return {
    get server() {
      return known().server;
    },
    get urls() {
      return known().urls;
    },
    get env() {
      return { DATABASE_URL: known().urls.oncall };
    },
  };
}

/** Opens a session; that the server ends it is no error. */
export async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = await connect(url, 'test');
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Returns the process ids of the sessions with an application name that matches an SQL pattern. */
export async function sessionsLike(url: string, pattern: string): Promise<readonly number[]> {
  const rows = await query<{ pid: number }>(
    url,
    'SELECT pid FROM pg_stat_activity WHERE application_name LIKE $1 ORDER BY pid',
    [pattern],
  );
  return rows.map(({ pid }) => pid);
}
