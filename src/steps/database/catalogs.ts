import type { Catalog } from '#runbook/model/engines.ts';
import type { Executor } from '../executor.ts';
import type { DatabaseExecutorOptions } from './held-connection.ts';
import type { HeldSession } from './held-session.ts';
import type { SessionAccess } from './session-access.ts';

/** How a server is used that has a catalog. */
type CatalogAccess = {
  executor(): Promise<(options: DatabaseExecutorOptions) => Executor>;
  /** Undefined if no session of a run can be ended there. */
  sessions?(): Promise<SessionAccess<HeldSession>>;
};

/** How servers are used, by their catalog; each is loaded on first use. */
export const CATALOGS: Readonly<Record<Catalog, CatalogAccess>> = {
  console: {
    executor: async () => (await import('../pgbouncer/executor.ts')).createConsoleExecutor,
  },
  postgres: {
    executor: async () => (await import('../postgres/executor.ts')).createPostgresExecutor,
    sessions: async () => (await import('../postgres/own-sessions.ts')).postgresSessions,
  },
  mysql: {
    executor: async () => (await import('../mysql/executor.ts')).createMysqlExecutor,
    sessions: async () => (await import('../mysql/own-sessions.ts')).mysqlSessions,
  },
};
