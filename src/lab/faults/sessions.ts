import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '#errors.ts';
import type { Client } from '../client.ts';
import { isPostgres, type Lab, type LabUser } from '../setup/lab.ts';

/** A session of the lab, with the outcome of its last statement. */
export type WorkSession = {
  /** The application name, e.g. `shop-report`. */
  readonly name: string;
  readonly client: Client;
  /** Returns `running` until the statement has ended; then `done`, or the driver's error. */
  readonly outcome: () => string;
  /** Resolves once the statement has ended, with whether it was served. */
  readonly served: Promise<boolean>;
};

/** Sessions that are unrelated to a fault and must survive its remedy. */
export type Bystanders = {
  /**
   * Returns a sentence for each session that was ended. Unless the server is `serving`, the sessions
   * are not asked: they may wait.
   */
  lost(serving?: boolean): Promise<readonly string[]>;
  end(): Promise<void>;
};

/** Longer than any test: only the remedy ends a statement of a fault. */
const WITHIN_MS = 600_000;
const THERE_WITHIN_MS = 30_000;
const POLL_MS = 20;

/** Opens a session, runs the statements, and starts the last one without waiting for it. */
export async function startWork(
  lab: Lab,
  name: string,
  statements: readonly string[],
  url: string = lab.urls.shop,
): Promise<WorkSession> {
  const client = await lab.open(url, { name, withinMs: WITHIN_MS });
  for (const statement of statements.slice(0, -1)) await client.ask(statement);
  let outcome = 'running';
  const note = (text: string) => {
    outcome = text;
  };
  const served = client.ask(statements.at(-1) ?? '').then(
    () => {
      note('done');
      return true;
    },
    (error: unknown) => {
      note(messageOf(error));
      return false;
    },
  );
  return { name, client, outcome: () => outcome, served };
}

const BYSTANDERS: Readonly<Record<LabUser, { readonly name: string; readonly who: string }>> = {
  shop: { name: 'shop-checkout', who: 'the shop' },
  oncall: { name: 'terminal-of-oncall', who: 'the operator on call' },
  warehouse: { name: 'warehouse', who: 'the warehouse' },
};

/** Opens an idle session per user. */
export async function openBystanders(
  lab: Lab,
  users: readonly LabUser[] = ['shop', 'oncall', 'warehouse'],
): Promise<Bystanders> {
  const opened = await Promise.all(
    users.map(async (user) => {
      const { name, who } = BYSTANDERS[user];
      const client = await lab.open(lab.urls[user], { name });
      await client.ask('SELECT 1');
      return { who, client };
    }),
  );
  return {
    async lost(serving = true) {
      const lost = await Promise.all(
        opened.map(async ({ who, client }) => {
          const isLost = serving ? !(await isServed(client)) : client.isLost();
          return isLost ? [`a healthy session of ${who} was ended`] : [];
        }),
      );
      return lost.flat();
    },
    async end() {
      await Promise.all(opened.map(({ client }) => client.end()));
    },
  };
}

/**
 * Opens sessions as {@link openBystanders} does, and one with an uncommitted change of another
 * table: an open transaction, older than all later ones, that blocks nothing.
 */
export async function openBystandersAtWork(lab: Lab): Promise<Bystanders> {
  const bystanders = await openBystanders(lab);
  const table = tableOf(lab, 'stocktake');
  await lab.admin(
    `DROP TABLE IF EXISTS ${table}`,
    `CREATE TABLE ${table} (id int PRIMARY KEY)`,
    ...(isPostgres(lab) ? [`GRANT SELECT, INSERT ON ${table} TO shop`] : []),
  );
  const atWork = await lab.open(lab.urls.shop, { name: 'shop-stocktake' });
  await atWork.ask('BEGIN');
  await atWork.ask('INSERT INTO stocktake VALUES (1)');
  // MariaDB reports ages in whole seconds: later transactions must be at least one younger.
  if (!isPostgres(lab)) await atWork.ask('SELECT sleep(1 - microsecond(now(6)) / 1000000)');
  const lives = async () =>
    !atWork.isLost() &&
    (await atWork.ask('SELECT id FROM stocktake').then(
      (rows) => rows.length === 1,
      () => false,
    ));
  return {
    async lost(serving) {
      const lost = (await lives()) ? [] : ['the open transaction on another table was ended'];
      return [...(await bystanders.lost(serving)), ...lost];
    },
    async end() {
      await atWork.end();
      await bystanders.end();
      await lab.admin(`DROP TABLE ${table}`);
    },
  };
}

/** Returns whether a session still answers. */
export async function isServed(client: Client, sql = 'SELECT 1'): Promise<boolean> {
  if (client.isLost()) return false;
  return client.ask(sql).then(
    () => true,
    () => false,
  );
}

/** Waits until at least `count` sessions wait for a lock. */
export function untilWaiting(lab: Lab, count: number): Promise<void> {
  const sql = isPostgres(lab)
    ? `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
    : `SELECT (SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT')
         + (SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for%') AS n`;
  return untilTrue(async () => Number((await lab.admin(sql))[0]?.n) >= count);
}

/** Waits until a session sleeps in its statement: it has the locks of it by then. */
export function untilAsleep(lab: Lab, { client }: WorkSession): Promise<void> {
  const sql = isPostgres(lab)
    ? `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = ${client.id}`
    : `SELECT count(*) AS n FROM information_schema.processlist WHERE state = 'User sleep' AND id = ${client.id}`;
  return untilTrue(async () => Number((await lab.admin(sql))[0]?.n) > 0);
}

/** Polls until a condition holds. Throws an environment error after 30 s. */
export async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + THERE_WITHIN_MS; !(await look()); await sleep(POLL_MS))
    if (Date.now() > deadline) throw environmentError('the fault did not come about in time');
}

/** Returns the statement after which a session waits for a lock for a moment only. */
export function impatience(
  lab: Lab,
  setting: 'lock_wait_timeout' | 'innodb_lock_wait_timeout' = 'lock_wait_timeout',
): string {
  return isPostgres(lab) ? `SET lock_timeout = '200ms'` : `SET SESSION ${setting} = 1`;
}

/** Runs statements in a new session of the application. Returns `works`, or the error. */
export async function askAnew(
  lab: Lab,
  statements: readonly string[],
  url: string = lab.urls.shop,
): Promise<string> {
  try {
    const client = await lab.open(url, { name: 'lab-look', withinMs: 3_000 });
    try {
      for (const statement of statements) await client.ask(statement);
      return 'works';
    } finally {
      await client.end();
    }
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns a function that runs an undo once, however often it is called. */
export function once(undo: () => Promise<void>): () => Promise<void> {
  let undoing: Promise<void> | undefined;
  return () => {
    undoing ??= undo();
    return undoing;
  };
}

/** Returns the name of the shop's table for the superuser. */
export function tableOf(lab: Lab, table = 'product'): string {
  return isPostgres(lab) ? table : `shop.${table}`;
}

/** Drops a column of the shop's table, if it is there; MySQL's own DROP COLUMN knows no condition. */
export async function dropColumn(lab: Lab, column: string): Promise<void> {
  const found = await lab.admin(
    `SELECT 1 AS one FROM information_schema.columns
      WHERE table_name = 'product' AND column_name = '${column}'`,
  );
  if (found.length > 0) await lab.admin(`ALTER TABLE ${tableOf(lab)} DROP COLUMN ${column}`);
}

/**
 * Ends sessions whose statement may still run. On PostgreSQL it waits until the server has released
 * them.
 */
export async function endByForce(lab: Lab, sessions: readonly WorkSession[]): Promise<void> {
  for (const { client } of sessions) {
    const end = isPostgres(lab)
      ? `SELECT pg_terminate_backend(${client.id}, 5000) FROM pg_stat_activity WHERE pid = ${client.id}`
      : `KILL ${client.id}`;
    await lab.admin(end).catch(() => {});
    await client.end();
  }
}
