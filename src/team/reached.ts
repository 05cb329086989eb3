import { setTimeout as after } from 'node:timers/promises';
import pg, { type Pool } from 'pg';
import { messageOf } from '#errors.ts';
import { openPool } from './database.ts';

/**
 * The classes of errors that pass: connections, resources, and a server that starts or ends.
 * PostgreSQL documentation, appendix A.
 */
const PASSING = /^(08|53|57)/;
const RETRY_MS = 2_000;

/**
 * Resolves with why the control plane cannot be used for the moment; undefined if it can, and also if
 * it refuses for a reason that does not pass, such as a wrong password. Never rejects.
 */
export async function awayBecause(pool: Pool): Promise<string | undefined> {
  try {
    const { rows } = await pool.query<{ fixed: boolean }>(
      "SELECT current_setting('transaction_read_only') = 'on' AS fixed",
    );
    return rows[0]?.fixed === true ? 'it is read-only' : undefined;
  } catch (error) {
    const isAnswer = error instanceof pg.DatabaseError && !PASSING.test(error.code ?? '');
    return isAnswer ? undefined : messageOf(error);
  }
}

/** The surroundings of a program that waits for the control plane. */
type Waiting = {
  /** The program, as PostgreSQL shows it. */
  readonly name: string;
  /** Called with what it waits for, once a reason. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
};

/** Resolves with true once the control plane can be used, or with false at the signal. */
export async function untilReached(url: string, { name, say, signal }: Waiting): Promise<boolean> {
  const pool = openPool(url, name, 1);
  let told: string | undefined;
  while (!signal.aborted) {
    const why = await awayBecause(pool);
    if (why === undefined) break;
    if (why !== told) say(`waiting for the control plane: ${why}`);
    told = why;
    await after(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  if (told !== undefined && !signal.aborted) say('the control plane answers now');
  await pool.end();
  return !signal.aborted;
}
