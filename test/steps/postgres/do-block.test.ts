import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { openSession } from '../../support/postgres-session.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const CHANGE = { readOnly: false };
const LIMIT = `DO $$ BEGIN
  EXECUTE format('ALTER ROLE %I CONNECTION LIMIT %s', $1, $2::int); -- not $1
END $$`;

test('a DO block gets its values, which stay values whatever is in them', async () => {
  const session = openSession(server.superuserUrl);
  const name = `it's "x" $$ $2; DROP`;
  const create = `DO $x$ BEGIN EXECUTE format('CREATE ROLE %I', $1); END $x$`;
  const made = await session.run(create, { ...CHANGE, values: [name] });
  expect(made).toMatchObject({ status: 'succeeded' });
  expect(await session.run(LIMIT, { ...CHANGE, values: [name, 7] })).toMatchObject({
    status: 'succeeded',
  });
  const rows = await session.rows('SELECT rolname FROM pg_roles WHERE rolconnlimit = 7');
  expect(rows).toEqual([{ rolname: name }]);
});

test('a DO block that fails has changed nothing, and its values are gone', async () => {
  const session = openSession(server.superuserUrl);
  const outcome = await session.run(LIMIT, { ...CHANGE, values: ['nobody_of_this_name', 3] });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { code: '42704', message: expect.stringContaining('nobody_of_this_name') },
  });
  const [row] = await session.rows("SELECT current_setting('runbook.value_1', true) AS kept");
  expect(row?.kept ?? '').toBe('');
});
