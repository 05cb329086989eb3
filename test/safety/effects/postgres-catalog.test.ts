import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import {
  BUILT_IN_OPERATORS,
  BUILT_IN_TYPES,
  returnsRows,
} from '#safety/effects/postgres/built-in.ts';
import { effectOfFunction } from '#safety/effects/postgres/changing-functions.ts';
import {
  HARMLESS_FUNCTIONS,
  isHarmlessFunction,
} from '#safety/effects/postgres/harmless-functions.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import { isSystemColumn } from '#safety/effects/postgres/system-columns.ts';

let server: PostgresServer;
let client: pg.Client;

const EXTENSIONS = [
  'pg_stat_statements',
  'pg_buffercache',
  'pg_visibility',
  'pgstattuple',
  'pgrowlocks',
  'pg_freespacemap',
];

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  for (const name of EXTENSIONS) await client.query(`CREATE EXTENSION ${name}`);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

async function namesFrom(sql: string, values: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql, [...values]);
  return rows.map(({ name }) => name).toSorted();
}

/** Written like functions or without parentheses, and no functions of the catalog. */
const KEYWORDS = ['current_catalog', 'current_role', 'user'];

/** Of versions before 18. */
const OLDER = [
  'pg_current_xlog_location',
  'pg_file_settings',
  'pg_is_in_backup',
  'pg_is_xlog_replay_paused',
  'pg_last_xlog_receive_location',
  'pg_last_xlog_replay_location',
  'pg_timezone_abbrevs',
  'pg_xlog_location_diff',
];

/** Written in SQL by an extension that PostgreSQL ships. */
const OF_EXTENSIONS = ['pg_freespace'];

/** Volatile for what they return: it depends on the time, on chance, on other sessions or on files. */
const VOLATILE =
  `array_sample array_shuffle clock_timestamp current_query currval gen_random_uuid lastval
  pg_available_wal_summaries pg_blocking_pids pg_buffercache_pages pg_buffercache_summary
  pg_buffercache_usage_counts pg_collation_actual_version pg_control_checkpoint pg_control_init
  pg_control_recovery pg_control_system pg_current_logfile pg_current_wal_flush_lsn
  pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_collation_actual_version pg_database_size
  pg_freespace pg_get_aios pg_get_backend_memory_contexts pg_get_loaded_modules
  pg_get_multixact_members pg_get_sequence_data pg_get_shmem_allocations
  pg_get_shmem_allocations_numa pg_get_wait_events pg_get_wal_replay_pause_state
  pg_get_wal_resource_managers pg_get_wal_summarizer_state pg_hba_file_rules pg_ident_file_mappings
  pg_indexes_size pg_is_in_recovery pg_is_wal_replay_paused pg_isolation_test_session_is_blocked
  pg_jit_available pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_last_xact_replay_timestamp pg_lock_status pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir
  pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_ls_tmpdir
  pg_ls_waldir pg_notification_queue_usage pg_partition_ancestors pg_partition_tree pg_prepared_xact
  pg_relation_size pg_replication_origin_progress pg_safe_snapshot_blocking_pids
  pg_sequence_last_value pg_show_all_file_settings pg_show_replication_origin_status pg_sleep
  pg_sleep_for pg_sleep_until pg_stat_clear_snapshot pg_stat_file pg_stat_get_backend_io
  pg_stat_get_backend_wal pg_stat_get_io pg_stat_get_recovery_prefetch
  pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit pg_stat_get_xact_function_calls
  pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
  pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
  pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted
  pg_stat_get_xact_tuples_newpage_updated pg_stat_get_xact_tuples_returned
  pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_stat_statements pg_stat_statements_info
  pg_table_size pg_tablespace_size pg_total_relation_size pg_visibility_map_summary
  pg_wal_summary_contents pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_xact_status
  pgrowlocks pgstatindex pgstattuple pgstattuple_approx random random_normal timeofday txid_status
  uuidv4 uuidv7`
    .trim()
    .split(/\s+/);

describe('every name that is taken for harmless', () => {
  test('is that of a function', async () => {
    const all = new Set(await namesFrom('SELECT DISTINCT proname AS name FROM pg_proc'));
    const missing = [...HARMLESS_FUNCTIONS].filter((name) => !all.has(name)).toSorted();
    expect(missing).toEqual([...KEYWORDS, ...OLDER].toSorted());
  });

  test('has a volatile overload only where it was looked at', async () => {
    const found = await namesFrom(
      `SELECT DISTINCT proname AS name FROM pg_proc WHERE provolatile = 'v'`,
    );
    expect(found.filter((name) => isHarmlessFunction(name))).toEqual(VOLATILE.toSorted());
  });

  test('is not known for a change', () => {
    expect([...HARMLESS_FUNCTIONS].filter((name) => effectOfFunction(name))).toEqual([]);
  });

  test('has no overload that is written in a language of the database', async () => {
    const found = await namesFrom(
      `SELECT DISTINCT proname AS name FROM pg_proc JOIN pg_language l ON l.oid = prolang
       WHERE lanname NOT IN ('internal', 'c') AND NOT (lanname = 'sql' AND pronamespace = 'pg_catalog'::regnamespace)`,
    );
    expect(
      found.filter((name) => isHarmlessFunction(name) && !OF_EXTENSIONS.includes(name)),
    ).toEqual([]);
  });
});

test('every operator and type that is taken for harmless is of the system, and none is volatile', async () => {
  const operators = await namesFrom(
    `SELECT DISTINCT oprname AS name FROM pg_operator JOIN pg_proc p ON p.oid = oprcode
     WHERE oprnamespace = 'pg_catalog'::regnamespace AND provolatile <> 'v'`,
  );
  expect([...BUILT_IN_OPERATORS].filter((name) => !operators.includes(name))).toEqual([]);
  const types = await namesFrom(
    `SELECT typname AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace`,
  );
  expect([...BUILT_IN_TYPES].filter((name) => !types.includes(name))).toEqual([]);
});

test('every column of the system is known', async () => {
  const columns = await namesFrom(
    `SELECT DISTINCT attname AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
     WHERE relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND relkind IN ('r', 'v') AND NOT attisdropped`,
  );
  expect(columns.filter((name) => !isSystemColumn(name))).toEqual([]);
});

test('no column of the system is called like a function that does more than read', async () => {
  const functions = await namesFrom('SELECT DISTINCT proname AS name FROM pg_proc');
  const alike = functions.filter((name) => isSystemColumn(name) && !isHarmlessFunction(name));
  expect(alike.filter((name) => effectOfFunction(name) !== undefined)).toEqual([]);
});

test('what is said to return rows does in every overload, and each of their columns is known', async () => {
  const { rows } = await client.query<{ name: string; columns: string[] | null }>(
    `SELECT proname AS name, proargnames[pronargs + 1:] AS columns FROM pg_proc WHERE prokind = 'f'`,
  );
  const said = rows.filter(({ name }) => returnsRows(name));
  expect(said.filter(({ columns }) => (columns ?? []).length < 2).map(({ name }) => name)).toEqual(
    [],
  );
  const names = said.flatMap(({ columns }) => columns ?? []);
  expect(names.filter((name) => !isSystemColumn(name))).toEqual([]);
});

describe('the server itself', () => {
  test.each([
    ['a text', `SELECT ('SELECT to_tsvector(pg_advisory_lock(4711)::text)'::text).ts_stat`],
    ['a row', 'SELECT (4711::bigint).pg_advisory_lock'],
    ['an alias', 'SELECT g.pg_advisory_lock FROM generate_series(4711::bigint, 4711) AS g'],
  ])(
    'calls, in a read-only transaction, a function that is written as a column of %s',
    async (_, sql) => {
      const parsers = await loadEffectParsers({ shell: false, postgres: true });
      if (parsers.postgres === undefined) throw new Error('there is no parser');
      expect(inferPostgres(sql, parsers.postgres).effect).not.toBe('read');
      await client.query('BEGIN READ ONLY');
      await client.query(sql);
      await client.query('COMMIT');
      const { rows } = await client.query(
        `SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`,
      );
      await client.query('SELECT pg_advisory_unlock_all()');
      expect(rows).toEqual([{ objid: 4711 }]);
    },
  );

  test('creates a table for INTO in the first part of a UNION', async () => {
    await client.query('SELECT 1 AS n INTO copied UNION SELECT 2');
    const { rows } = await client.query('SELECT count(*)::int AS n FROM copied');
    expect(rows).toEqual([{ n: 2 }]);
  });
});
