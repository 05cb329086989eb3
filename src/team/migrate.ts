import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { environmentError } from '#errors.ts';
import { connectionOf } from './database.ts';
import { FIRST } from './migrations/001-first.ts';
import { SERVED } from './migrations/002-served.ts';
import { POLICY } from './migrations/003-policy.ts';
import { CHANGES } from './migrations/004-changes.ts';
import { RIGHTS } from './migrations/005-rights.ts';
import { LOGINS } from './migrations/006-logins.ts';
import { SUMMARY } from './migrations/007-summary.ts';
import { HOLDERS } from './migrations/008-holders.ts';
import { ALERTS } from './migrations/009-alerts.ts';
import { LISTS } from './migrations/010-lists.ts';
import { PLACES } from './migrations/011-places.ts';
import { NOTICES } from './migrations/012-notices.ts';
import { MONTHS } from './migrations/013-months.ts';

/** The migrations in order; a released one never changes. */
const MIGRATIONS: readonly string[] = [
  FIRST,
  SERVED,
  POLICY,
  CHANGES,
  RIGHTS,
  LOGINS,
  SUMMARY,
  HOLDERS,
  ALERTS,
  LISTS,
  PLACES,
  NOTICES,
  MONTHS,
];

/** Any number that no other program locks; both keys of one advisory lock. */
const LOCK = [7_212, 1] as const;

/** The number of months whose partitions exist, counted from the current one. */
const MONTHS_AHEAD = 3;

/**
 * Creates the schema `runbook`, or migrates it: every migration in a transaction, all under one
 * lock. Rejects if an applied migration was changed, or if a later version migrated the schema.
 */
export async function migrate(pool: Pool, migrations = MIGRATIONS): Promise<void> {
  const client = await connectionOf(pool);
  client.on('error', ignore);
  try {
    await refuseOtherEncoding(client);
    await client.query('SELECT pg_advisory_lock($1, $2)', [...LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS runbook');
    await client.query(
      'CREATE TABLE IF NOT EXISTS runbook.migration (number int PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    );
    const applied = await appliedTo(client);
    refuseOthers(applied, migrations);
    for (const [index, sql] of migrations.entries())
      if (!applied.has(index + 1)) await apply(client, index + 1, sql);
    if (migrations.includes(MONTHS)) await addMonths(client);
  } finally {
    // Ends the session, and with it the lock, also after an error.
    client.release(true);
  }
}

/** Rejects unless the schema is the one of this version. */
export async function requireMigrated(pool: Pool, migrations = MIGRATIONS): Promise<void> {
  const client = await connectionOf(pool);
  client.on('error', ignore);
  try {
    const { rows } = await client.query<{ is: boolean }>(
      "SELECT to_regclass('runbook.migration') IS NOT NULL AS is",
    );
    const applied = rows[0]?.is === true ? await appliedTo(client) : new Map<number, string>();
    refuseOthers(applied, migrations);
    if (applied.size < migrations.length)
      throw environmentError(
        'the database has not been migrated to this version',
        'run as its owner: runbook server migrate',
      );
  } finally {
    client.off('error', ignore);
    client.release();
  }
}

const ignore = () => undefined;

async function refuseOtherEncoding(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8')
    throw environmentError(`the encoding of the database is ${encoding}; UTF8 is required`);
}

async function appliedTo(client: PoolClient): Promise<ReadonlyMap<number, string>> {
  const { rows } = await client.query<{ number: number; sha256: string }>(
    'SELECT number, sha256 FROM runbook.migration ORDER BY number',
  );
  return new Map(rows.map(({ number, sha256 }) => [number, sha256]));
}

function refuseOthers(applied: ReadonlyMap<number, string>, migrations: readonly string[]): void {
  for (const [number, digest] of applied) {
    const sql = migrations[number - 1];
    if (sql === undefined)
      throw environmentError(
        `a later version of runbook migrated the database (migration ${number})`,
        'use that version, or a later one',
      );
    if (digestOf(sql) !== digest)
      throw environmentError(`migration ${number} was changed after it was applied`);
  }
}

async function apply(client: PoolClient, number: number, sql: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL search_path = runbook');
    await client.query(sql);
    await client.query('INSERT INTO runbook.migration (number, sha256) VALUES ($1, $2)', [
      number,
      digestOf(sql),
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function digestOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Adds the partitions of the coming months; a run's ID begins with its month. Resolves with the months
 * whose lines are in the default partition, and stay there.
 */
export async function addMonths(client: Pick<PoolClient, 'query'>): Promise<readonly string[]> {
  const { rows } = await client.query<{ month: string }>(
    'SELECT DISTINCT month FROM runbook.add_months($1) AS month ORDER BY month',
    [MONTHS_AHEAD],
  );
  return rows.map(({ month }) => month);
}
