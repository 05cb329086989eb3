import pg from 'pg';
import { environmentError, messageOf } from '#errors.ts';

/** The longest time a query of the control plane may take; a query on a cut connection never ends. */
const QUERY_TIMEOUT_MS = 10_000;

/** Opens a pool of connections to the control plane. */
export function openPool(url: string, name: string, max = 6): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // What a server acknowledges with its setting off is lost when it crashes: a change that was made,
    // and the record that it was to be made.
    options: '-c synchronous_commit=on',
  });
  // Without a listener a restart of PostgreSQL would end the process; the next query reports it.
  pool.on('error', ignore);
  return pool;
}

/** Resolves with a connection, or rejects with an environment error that says why there is none. */
export async function connectionOf(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw environmentError(
      `cannot connect to the control plane: ${messageOf(error)}`,
      undefined,
      error,
    );
  }
}

/** Runs statements in one transaction; rolls back if they reject. */
export async function inTransaction<T>(
  pool: pg.Pool,
  act: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const tx = await connectionOf(pool);
  tx.on('error', ignore);
  let broken = false;
  try {
    await tx.query('BEGIN');
    const value = await act(tx);
    await tx.query('COMMIT');
    return value;
  } catch (error) {
    await tx.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    tx.off('error', ignore);
    tx.release(broken);
  }
}

const ignore = () => undefined;
