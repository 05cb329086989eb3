import { expect } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import type { Session } from './database-session.ts';
import * as mysql from './mysql-session.ts';
import * as postgres from './postgres-session.ts';

/** Runs a statement of another program and returns its rows. */
export type Ask = (text: string) => Promise<readonly Record<string, unknown>[]>;

/** A server that was started for tests, and the URL of a login with all rights. */
export type Started = {
  readonly server: PostgresServer | MariadbServer;
  readonly url: string;
};

/** What differs between engines where statements are interrupted. */
export type SqlEngine = {
  readonly title: string;
  readonly isHere: boolean;
  start(): Promise<Started>;
  open(url: string): Session;
  other(url: string): Promise<Ask>;
  /** A statement that lasts, with its seconds in the text or bound. */
  sleep(seconds: string | number): string;
  /** Lists the sessions that sleep, as `id`. */
  readonly sleeping: string;
  /** Lists the sessions there are, as `id`. */
  readonly sessions: string;
  cancel(id: number): string;
  end(id: number): string;
  readonly withoutTls: string;
  /** How the server says that a session was ended; nothing where its clients do not tell. */
  readonly lost: { readonly code?: string };
  /** What is said where a server that is silent could not be told to end a statement. */
  readonly unheard: { readonly hint?: unknown };
  readonly cancelled: { readonly code: string; readonly hint: RegExp };
};

const POSTGRES: SqlEngine = {
  title: 'PostgreSQL',
  isHere: true,
  async start() {
    const server = await startPostgres();
    return { server, url: server.superuserUrl };
  },
  open: postgres.openSession,
  async other(url) {
    const client = await postgres.otherClient(url);
    return async (text) => (await client.query(text)).rows;
  },
  sleep: (seconds) => `SELECT pg_sleep(${seconds})`,
  sleeping: `SELECT pid AS id FROM pg_stat_activity WHERE application_name = 'runbook/test'
    AND state = 'active' AND wait_event = 'PgSleep'`,
  sessions: 'SELECT pid AS id FROM pg_stat_activity',
  cancel: (id) => `SELECT pg_cancel_backend(${id})`,
  end: (id) => `SELECT pg_terminate_backend(${id}, 5000)`,
  withoutTls: '?sslmode=disable',
  lost: { code: '57P01' },
  unheard: {},
  cancelled: { code: '57014', hint: /has rolled back the statement/ },
};

const MARIADB: SqlEngine = {
  title: 'MariaDB (sh bin/test-servers.sh)',
  isHere: mysql.hasMariadb,
  async start() {
    const server = await startMariadb();
    await mysql.setUp(server.rootUrl, ['CREATE DATABASE shop']);
    return { server, url: server.rootUrl.replace(/\/mysql$/, '/shop') };
  },
  open: mysql.openSession,
  async other(url) {
    const { ask } = await mysql.otherClient(url);
    return ask;
  },
  sleep: (seconds) => `SELECT SLEEP(${seconds})`,
  sleeping: `SELECT ID AS id FROM information_schema.processlist
    WHERE INFO LIKE 'SELECT SLEEP(%' AND ID <> CONNECTION_ID()`,
  sessions: 'SELECT ID AS id FROM information_schema.processlist',
  cancel: (id) => `KILL QUERY ${id}`,
  end: (id) => `KILL ${id}`,
  withoutTls: '?ssl-mode=DISABLED',
  lost: {},
  unheard: { hint: expect.stringMatching(/could not be told to end it/) },
  cancelled: { code: '1317', hint: /has rolled back the statement in InnoDB/ },
};

/** The engines whose executors are tested alike. */
export const SQL_ENGINES = [POSTGRES, MARIADB] as const;
