import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { loginToPostgres } from '#steps/postgres/executor.ts';
import { Flight } from '#steps/postgres/flight.ts';
import { otherClient } from '../../support/postgres-session.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

test('a statement sent on a session that was ended meanwhile fails with what the server said', async () => {
  const found = await loginToPostgres(server.superuserUrl, {
    applicationName: 'ended',
    reserveUrl: undefined,
    connectTimeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  const { connection } = found;
  if (connection === undefined) throw new Error('no connection');
  const other = await otherClient(server.superuserUrl);
  await other.query('SELECT pg_terminate_backend($1, 5000)', [connection.facts.session]);
  await vi.waitFor(() => expect(connection.isLost).toBe(true));
  await expect(connection.send(new Flight({ text: 'SELECT 1' }))).rejects.toMatchObject({
    code: '57P01',
    message: 'terminating connection due to administrator command',
  });
});
