import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';

const { postgres } = await loadEffectParsers({ shell: false, postgres: true });
if (postgres === undefined) throw new Error('there is no parser');
const parse = postgres;

let server: PostgresServer;
let client: pg.Client;

/** A function for every kind of argument, an operator, a domain and a cast; each moves the sequence. */
const BODY = `LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('calls'); RETURN 1; END $$`;
const DATABASE = [
  'CREATE SEQUENCE calls',
  'CREATE TABLE orders AS SELECT 1 AS id',
  ...['anyelement', 'text', 'int', 'record', 'timestamptz', 'name', 'jsonb'].map(
    (type) => `CREATE FUNCTION mine(${type}) RETURNS int ${BODY}`,
  ),
  `CREATE FUNCTION checked(text) RETURNS int ${BODY}`,
  'CREATE DOMAIN mydomain AS text CHECK (checked(value) = 1)',
  `CREATE FUNCTION equals(text, text) RETURNS int ${BODY}`,
  'CREATE OPERATOR <%%%> (LEFTARG = text, RIGHTARG = text, FUNCTION = equals)',
];

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  for (const sql of DATABASE) await client.query(sql);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

const BASES =
  `('x'::text) (1) (now()) ((ARRAY[1])[1]) ((SELECT 1)) (ROW(1,2)) (current_user) (upper('x'))
  (to_json(1)) (g.g) (q.a) (q) q g (g) u (u) v w k j e a p s jt r`.split(/\s+/);
const EXPRESSIONS = [
  ...BASES.map((base) => `${base}.mine`),
  ...['mine(1)', 'public.mine(1)', '"mine"(1)', '(SELECT mine(1))'],
  ...["'x'::mydomain", "mydomain 'x'", "CAST('x' AS mydomain)", "('x'::text)::mydomain"],
  ...["'x' <%%%> 'y'", "'x' OPERATOR(public.<%%%>) 'y'"],
  `json_value('"x"', '$' RETURNING mydomain)`,
];

const FROM = `(SELECT 1 AS a) q, generate_series(1, 2) g, unnest(ARRAY['x']) u, (VALUES (1)) v(n), w,
  unnest(ARRAY[1]) WITH ORDINALITY AS k(n), json_to_record('{}') AS j(a int),
  json_array_elements('[1]') e, pg_stat_activity a, pg_class p, (SELECT * FROM pg_database) s,
  json_table('[1]', '$[*]' COLUMNS (z int PATH '$')) jt, ROWS FROM (generate_series(1, 1)) r`;
const PLACES: readonly ((expression: string) => string)[] = [
  (it) => `SELECT ${it} FROM ${FROM} LIMIT 1`,
  (it) => `SELECT 1 FROM ${FROM} WHERE (${it}) IS NOT NULL LIMIT 1`,
  (it) => `SELECT CASE WHEN (${it}) IS NULL THEN 1 END FROM ${FROM} LIMIT 1`,
  (it) => `SELECT count(*) FILTER (WHERE (${it}) IS NULL) FROM ${FROM}, LATERAL (SELECT 1) o`,
  (it) => `SELECT x.y FROM ${FROM}, LATERAL (SELECT (${it}) AS y) x LIMIT 1`,
  (it) => `SELECT json_build_array(${it}) FROM ${FROM} LIMIT 1`,
];

async function lastCall(): Promise<unknown> {
  return (await client.query('SELECT last_value, is_called FROM calls')).rows;
}

test('what is judged a read calls nothing of the database, however it is written', async () => {
  const called: string[] = [];
  const wrong: string[] = [];
  for (const expression of EXPRESSIONS)
    for (const place of PLACES) {
      const sql = `WITH w AS (SELECT 1 AS n) ${place(expression)}`;
      const before = await lastCall();
      // Some of them are no statements at all.
      await client.query(sql).catch(() => undefined);
      if (JSON.stringify(before) === JSON.stringify(await lastCall())) continue;
      called.push(expression);
      if (inferPostgres(sql, parse).effect === 'read') wrong.push(sql);
    }
  expect(wrong).toEqual([]);
  expect(new Set(called).size).toBeGreaterThan(20);
});
