import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import type { Json } from '#runbook/model/value.ts';
import { openSession } from '../../support/postgres-session.ts';
import { draws, fc } from '../../support/properties.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

test.each<[string, Json]>([
  ['true', true],
  ['null::int', null],
  ['42::int2', 42],
  ['-7::int4', -7],
  ['9007199254740991::int8', 9_007_199_254_740_991],
  ['9007199254740993::int8', '9007199254740993'],
  ['1.50::numeric', 1.5],
  ['100::numeric', 100],
  ['0.00::numeric', 0],
  ['0.0000005::numeric', 0.000_000_5],
  ['1790000000.123456::numeric', 1_790_000_000.123_456],
  ['3.3333333333333333::numeric', '3.3333333333333333'],
  ['12345678901234567890::numeric', '12345678901234567890'],
  [`'NaN'::numeric`, 'NaN'],
  ['0.1::float8', 0.1],
  [`'Infinity'::float8`, 'Infinity'],
  [`'{"a":[1,null]}'::jsonb`, { a: [1, null] }],
  [`'word'::text`, 'word'],
  [`timestamptz '2026-11-21 03:04:05.123456+00'`, '2026-11-21 03:04:05.123456+00'],
  [`interval '1 day 2 hours'`, '1 day 02:00:00'],
  [`'10.0.0.1'::inet`, '10.0.0.1'],
  ['ARRAY[3,1,2]', [3, 1, 2]],
  ['ARRAY[]::int[]', []],
  [
    'ARRAY[[1,2],[3,4]]',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    `ARRAY['a', NULL, 'NULL', '', 'b c', '"', '\\', '{,}']`,
    ['a', null, 'NULL', '', 'b c', '"', '\\', '{,}'],
  ],
  [`'[0:1]={7,8}'::int[]`, [7, 8]],
  ['ARRAY[box(point(0,0),point(1,1))]', '{(1,1),(0,0)}'],
])('%s arrives as a value that loses nothing', async (expression, expected) => {
  const session = openSession(`${server.superuserUrl}?options=-c%20TimeZone%3DUTC`);
  expect(await session.rows(`SELECT ${expression} AS value`)).toEqual([{ value: expected }]);
});

test('arrays of any text arrive as they are', async () => {
  const session = openSession(server.superuserUrl);
  const text = fc.string({ unit: fc.constantFrom(...'ab,{}"\\ \n\tNUL€😀') });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text), { maxLength: 5 }), async (items) => {
      const [row] = await session.rows(
        'SELECT array_agg(value) AS items FROM jsonb_array_elements_text($1::jsonb) AS value',
        { values: [JSON.stringify(items)] },
      );
      expect(row?.items).toEqual(items.length === 0 ? null : items);
    }),
    draws(100),
  );
});

test('values are bound, whatever they contain', async () => {
  const session = openSession(server.superuserUrl);
  const values = [`'; DROP TABLE x; --`, 5, true, null, '{"a":1}'];
  expect(
    await session.rows('SELECT $1::text a, $2::int b, $3::bool c, $4::text d, $5::jsonb e', {
      values,
    }),
  ).toEqual([{ a: values[0], b: 5, c: true, d: null, e: { a: 1 } }]);
});

test('columns of the same name are all there', async () => {
  const session = openSession(server.superuserUrl);
  expect(await session.run('SELECT 1 AS n, 2 AS n, 3 AS n_2, 4 AS n')).toEqual({
    status: 'succeeded',
    result: {
      columns: ['n', 'n_2', 'n_2_2', 'n_3'],
      rows: [{ n: 1, n_2: 2, n_2_2: 3, n_3: 4 }],
      row_count: 1,
    },
  });
});

test('a change says how many rows it touched', async () => {
  const session = openSession(server.superuserUrl);
  await session.run('CREATE TABLE touched (n int)', { readOnly: false });
  const insert = 'INSERT INTO touched SELECT generate_series(1, 7)';
  expect(await session.run(insert, { readOnly: false })).toEqual({
    status: 'succeeded',
    result: { columns: [], rows: [], row_count: 7 },
  });
  expect(await session.run(`${insert} RETURNING n`, { readOnly: false })).toMatchObject({
    result: { columns: ['n'], row_count: 7 },
  });
});

describe('a large result', () => {
  test('is cut at 1,000 rows and its rows are counted', async () => {
    const session = openSession(server.superuserUrl);
    const { result } = await session.run('SELECT generate_series(1, 5000) AS n');
    expect(result).toMatchObject({ row_count: 5_000, truncated: true });
    expect(result?.rows).toHaveLength(1_000);
    const { result: whole } = await session.run('SELECT generate_series(1, 1000) AS n');
    expect(whole).toMatchObject({ row_count: 1_000 });
    expect(whole).not.toHaveProperty('truncated');
  });

  test('is stopped on the server when nobody could look at it, and the session goes on', async () => {
    const session = openSession(server.superuserUrl);
    const { result } = await session.run(
      `SELECT generate_series(1, 100000000) AS n, repeat('x', 100) AS filler`,
    );
    expect(result).toMatchObject({ row_count: 100_000, truncated: true });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(session.connections).toHaveLength(1);
  });

  test('of a change is not stopped: the change runs to its end', async () => {
    const session = openSession(server.superuserUrl);
    await session.run('CREATE SEQUENCE counted', { readOnly: false });
    const { result } = await session.run(
      `SELECT nextval('counted') FROM generate_series(1, 150000)`,
      { readOnly: false },
    );
    expect(result).toMatchObject({ row_count: 150_000, truncated: true });
    expect(await session.rows('SELECT last_value FROM counted')).toEqual([{ last_value: 150_000 }]);
  });

  test('is cut by size too, and a giant value is replaced by its length', async () => {
    const session = openSession(server.superuserUrl);
    const wide = await session.run(`SELECT repeat('x', 10000) FROM generate_series(1, 500)`);
    expect(wide.result).toMatchObject({ row_count: 500, truncated: true });
    expect(JSON.stringify(wide.result).length).toBeLessThan(1_100_000);
    expect(await session.run(`SELECT repeat('x', 9000000) AS giant, 1 AS n`)).toMatchObject({
      result: { rows: [{ giant: '‹9000000 characters left out›', n: 1 }], truncated: true },
    });
  });
});
