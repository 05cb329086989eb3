import mysql from 'mysql2/promise';
import pg from 'pg';
import { loginOf } from '../../setup/changed-url.ts';

/** A connection an application has checked out of its pool. */
export type CheckedOut = {
  ask(sql: string): Promise<unknown>;
  release(): void;
};

/** The pool of an application, as the driver of its engine has one. */
export type AppPool = {
  /** Waits for a connection; throws what the driver's pool throws when none comes free. */
  take(): Promise<CheckedOut>;
  end(): Promise<void>;
};

const ACQUIRE_WITHIN_MS = 400;
const QUEUE = 2;

/** Opens a pool of so many connections; whoever waits longer than 0.4 s for one is refused. */
export function openAppPool(url: string, size: number): AppPool {
  return url.startsWith('postgres') ? openPostgresPool(url, size) : openMysqlPool(url, size);
}

function openPostgresPool(url: string, max: number): AppPool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'shop-web',
    max,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: ACQUIRE_WITHIN_MS,
  });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const out = new Set<pg.PoolClient>();
  return {
    async take() {
      const client = await pool.connect();
      out.add(client);
      return {
        ask: (sql) => client.query(sql),
        release() {
          out.delete(client);
          client.release();
        },
      };
    },
    async end() {
      for (const client of out) client.release(true);
      await pool.end();
    },
  };
}

/** The pool of mysql2 waits for ever; what it has is an end to its queue. */
function openMysqlPool(text: string, connectionLimit: number): AppPool {
  const { hostname: host, port } = new URL(text);
  const pool = mysql.createPool({
    ...{ host, port: Number(port), ...loginOf(text), connectionLimit, queueLimit: QUEUE },
    connectAttributes: { program_name: 'shop-web' },
  });
  return {
    async take() {
      const connection = await pool.getConnection();
      return {
        ask: (sql) => connection.query(sql),
        release: () => connection.release(),
      };
    },
    end: () => pool.end(),
  };
}
