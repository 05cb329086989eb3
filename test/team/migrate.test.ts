import { expect, test } from 'vitest';
import { openPool } from '#team/database.ts';
import { migrate, requireMigrated } from '#team/migrate.ts';
import { FIRST as FIRST_RELEASED } from '#team/migrations/001-first.ts';
import { TeamStore } from '#team/store.ts';
import { controlPlane, inDatabase } from '../support/control-plane.ts';

const plane = controlPlane();

/** Runs a test on a database of its own. */
async function onDatabase(name: string, act: (pool: ReturnType<typeof openPool>) => Promise<void>) {
  await plane().pool.query(`CREATE DATABASE ${name}`);
  const pool = openPool(inDatabase(plane().url, name), 'test');
  try {
    await act(pool);
  } finally {
    await pool.end();
  }
}

const FIRST = 'CREATE TABLE first (id int)';
const SECOND = 'CREATE TABLE second (id int)';

test('each migration is applied once, in order, also by several processes at a time', async () => {
  await onDatabase('several', async (pool) => {
    await migrate(pool);
    await Promise.all([migrate(pool), migrate(pool), migrate(pool)]);
    const { rows } = await pool.query('SELECT number FROM runbook.migration ORDER BY number');
    expect(rows).toEqual([
      { number: 1 },
      { number: 2 },
      { number: 3 },
      { number: 4 },
      { number: 5 },
      { number: 6 },
      { number: 7 },
      { number: 8 },
      { number: 9 },
      { number: 10 },
      { number: 11 },
      { number: 12 },
      { number: 13 },
    ]);
    await requireMigrated(pool);
  });
});

test('several processes that start on an empty database migrate it once', async () => {
  await onDatabase('empty', async (pool) => {
    await expect(requireMigrated(pool)).rejects.toThrow('has not been migrated');
    await Promise.all([migrate(pool), migrate(pool), migrate(pool)]);
    await requireMigrated(pool);
  });
});

test('a changed file of an applied migration stops the start', async () => {
  await onDatabase('changed', async (pool) => {
    await migrate(pool);
    const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM runbook.migration');
    expect(rows[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    await expect(requireMigrated(pool, [FIRST])).rejects.toThrow('migration 1 was changed');
    await expect(migrate(pool, [FIRST])).rejects.toThrow('migration 1 was changed');
  });
});

test('a database of a later version is refused', async () => {
  await onDatabase('later', async (pool) => {
    await migrate(pool);
    await pool.query("INSERT INTO runbook.migration (number, sha256) VALUES (14, 'x')");
    await expect(migrate(pool)).rejects.toThrow('a later version of runbook migrated');
  });
});

test('a migration that fails leaves nothing behind', async () => {
  await onDatabase('failing', async (pool) => {
    await migrate(pool);
    const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM runbook.migration');
    await pool.query('DELETE FROM runbook.migration');
    await pool.query('DROP SCHEMA runbook CASCADE');
    await expect(migrate(pool, [FIRST, `${SECOND}; SELECT 1/0`])).rejects.toThrow('division');
    const tables = await pool.query("SELECT to_regclass('runbook.second') AS second");
    expect(tables.rows).toEqual([{ second: null }]);
    expect(rows).toHaveLength(13);
  });
});

test('a line is in the partition of the month of its run', async () => {
  const { pool } = plane();
  const { rows } = await pool.query<{ month: string }>(
    "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') AS month",
  );
  const id = `${rows[0]?.month}01-0000-x-aaaaaaaa`;
  const insert = `INSERT INTO runbook.run_event VALUES ($1, 1, now(), 't', 1, 'x') RETURNING tableoid::regclass::text AS at`;
  expect((await pool.query(insert, [id])).rows).toEqual([
    { at: `runbook.run_event_${rows[0]?.month}` },
  ]);
  expect((await pool.query(insert, ['199901-x'])).rows).toEqual([
    { at: 'runbook.run_event_other' },
  ]);
});

test('a month whose lines are in the default partition stays there', async () => {
  await onDatabase('occupied', async (pool) => {
    await migrate(pool);
    const { rows } = await pool.query<{ month: string }>(
      "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') AS month",
    );
    const month = rows[0]?.month;
    await pool.query(`DROP TABLE runbook.run_event_${month}`);
    const insert = "INSERT INTO runbook.run_event VALUES ($1, 1, now(), 't', 1, 'x')";
    await pool.query(insert, [`${month}01-0000-x-aaaaaaaa`]);
    await migrate(pool);
    const count = 'SELECT count(*)::int AS n FROM runbook.run_event_other';
    expect((await pool.query(count)).rows).toEqual([{ n: 1 }]);
  });
});

test('a database of the first version is migrated with the runs and answers that are in it', async () => {
  await onDatabase('first_version', async (pool) => {
    await migrate(pool, [FIRST_RELEASED]);
    await pool.query(`
      INSERT INTO runbook.runbook_text (sha256, name, file, text) VALUES ('x', 'a', 'a.yaml', 'name: a');
      INSERT INTO runbook.run (id, runbook, text_sha256, environment, label, severity, started_by, source, replay, title)
        VALUES ('20261101-0000-a-aaaaaaaa', 'a', 'x', 'prod', 'eu', 'high', 'ada', 'cli', 1, 'A');
      INSERT INTO runbook.run_event (run_id, seq, at, type, epoch, line)
        VALUES ('20261101-0000-a-aaaaaaaa', 1, now(), 'run.started', 1, 'x');
      INSERT INTO runbook.run_intent (run_id, person, via, intent)
        VALUES ('20261101-0000-a-aaaaaaaa', 'grace', 'page', '{"type":"stop"}');`);
    await expect(requireMigrated(pool)).rejects.toThrow('migrate');
    await migrate(pool);
    await requireMigrated(pool);
    const store = new TeamStore(pool, plane().dispatch);
    const run = '20261101-0000-a-aaaaaaaa';
    expect(await store.run(run)).toMatchObject({ id: run, status: 'queued', environment: 'prod' });
    expect((await store.runs())[0]).toMatchObject({ id: run, operator: 'ada', title: 'A' });
    expect(await store.lines(run)).toMatchObject([{ line: 'x' }]);
    expect(await store.intents(run)).toMatchObject([{ person: 'grace', intent: { type: 'stop' } }]);
  });
});
