import mysql from 'mysql2/promise';
import pg from 'pg';
import { loginOf } from '../../setup/changed-url.ts';

/** A connection checked out of a pool. */
type CheckedOut = {
  ask(sql: string): Promise<unknown>;
  release(): void;
};

/** The connection pool of an application, implemented by the engine's driver. */
export type AppPool = {
  /** Waits for a connection. Rejects with the error of the driver's pool if none becomes free. */
  take(): Promise<CheckedOut>;
  end(): Promise<void>;
};

const ACQUIRE_WITHIN_MS = 400;
const QUEUE = 2;

/**
 * Opens a pool of `size` connections. A PostgreSQL pool rejects after 0.4 s of waiting; a MariaDB
 * pool rejects when its queue is full.
 */
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

/** mysql2's pool waits forever, but its queue is limited. */
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
