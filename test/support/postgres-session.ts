import pg from 'pg';
import { onTestFinished } from 'vitest';
import { createPostgresExecutor } from '#steps/postgres/executor.ts';
import { type Session, type SessionOptions, sessionOn } from './database-session.ts';

/** Opens a session on PostgreSQL that is closed when the test has finished. */
export function openSession(url: string, options?: SessionOptions): Session {
  return sessionOn(createPostgresExecutor, url, options);
}

/** Opens a connection of another program, closed when the test has finished. */
export async function otherClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
