import type { Client, ClientOptions, ClientRow } from '../client.ts';
import type { Haproxy } from '../servers/haproxy.ts';
import type { Keeper } from '../servers/keeper.ts';
import type { MariadbServer } from '../servers/mariadb.ts';
import type { MysqlServer } from '../servers/mysql.ts';
import type { PostgresServer } from '../servers/postgres.ts';
import { changedUrl } from './changed-url.ts';
import type { ServerTls } from './server-tls.ts';

/** The users of the lab's servers: the application, the operator on call, and an unrelated user. */
export type LabUser = 'shop' | 'oncall' | 'warehouse';

/** The part of a lab that does not depend on the engine. */
type AnyLab = {
  /** Holds every program and file of the lab. */
  readonly keeper: Keeper;
  /** A connection URL per user, to a healthy server; `warehouse` has its own database. */
  readonly urls: Readonly<Record<LabUser, string>>;
  readonly tls: ServerTls;
  /** Runs statements in order as the server's superuser. Returns the rows of the last one. */
  admin(...statements: readonly string[]): Promise<readonly ClientRow[]>;
  /** Opens a session, by default as the application. */
  open(url?: string, options?: ClientOptions): Promise<Client>;
  /** Makes the server reload its certificate, for new connections only. */
  reloadTls(): Promise<void>;
  /** Ends every program of the lab and removes its files. Idempotent. */
  close(): Promise<void>;
};

/** A lab with PostgreSQL. */
export type PostgresLab = AnyLab & {
  readonly engine: 'postgres' | 'postgres-system';
  readonly server: PostgresServer;
  /** Makes the server reload its settings and host rules, and waits until it has. */
  reload(): Promise<void>;
  /** Replaces pg_hba.conf, and waits until the server applies it. */
  setHostRules(lines: readonly string[]): Promise<void>;
};

/** A lab with MariaDB or MySQL. */
export type MysqlLab = AnyLab & {
  readonly engine: 'mariadb' | 'mysql';
  readonly server: MariadbServer | MysqlServer;
  /** The port for an administrator when the server has no connection left. */
  readonly extraPort: number;
};

/** A lab with PgBouncer and the PostgreSQL behind it; `warehouse` bypasses the pooler. */
export type PgbouncerLab = Omit<PostgresLab, 'engine'> & {
  readonly engine: 'pgbouncer';
  /** The URL of the pooler's console, which does not support prepared statements. */
  readonly consoleUrl: string;
};

/** A lab with a primary, its standby, and an HAProxy in front that everybody uses. */
export type FailoverLab = Omit<PostgresLab, 'engine'> & {
  readonly engine: 'failover';
  readonly standby: PostgresServer;
  readonly proxy: Haproxy;
  /** Promotes the standby. */
  promote(): Promise<void>;
  /** Makes the servers what they were at first; what the standby wrote meanwhile is lost. */
  restore(): Promise<void>;
};

/** Healthy servers with a shop, to create faults on, one at a time. */
export type Lab = PostgresLab | MysqlLab | PgbouncerLab | FailoverLab;

/** The slots of every server of the lab, including PostgreSQL's reserved ones. */
export const MAX_CONNECTIONS = 20;

/** PgBouncer's limits: server connections per user and database, and clients. */
export const POOLER_LIMITS = { pool: 2, clients: 10 } as const;

/** The host rules of a healthy PostgreSQL of the lab. */
export const HOST_RULES: readonly string[] = [
  'host replication postgres 127.0.0.1/32 scram-sha-256',
  'host all all 127.0.0.1/32 scram-sha-256',
];

/** Returns whether a lab's servers use the PostgreSQL protocol. */
export function isPostgres(lab: Lab): lab is PostgresLab | PgbouncerLab | FailoverLab {
  return !isMysql(lab);
}

/** Returns whether a lab's server is MariaDB or MySQL. */
export function isMysql(lab: Lab): lab is MysqlLab {
  return lab.engine === 'mariadb' || lab.engine === 'mysql';
}

/** Returns the URL of the server's superuser, in the shop's database. */
export function superuserUrl(lab: Lab): string {
  if (isMysql(lab)) return lab.server.rootUrl.replace(/mysql$/, 'shop');
  const url = lab.server.superuserUrl.replace(/postgres$/, 'shop');
  return lab.engine === 'failover' ? changedUrl(url, { port: lab.proxy.port }) : url;
}

/** Connection URLs by the environment variable that the runbooks read them from. */
export type Logins = Readonly<Record<string, string>>;

/** Returns the logins that the operator on call has besides the application's, whatever is broken. */
export function operatorLogins(lab: Lab): Logins {
  const admin = superuserUrl(lab);
  return {
    ADMIN_DATABASE_URL: admin,
    ...(isMysql(lab) && {
      RESERVE_DATABASE_URL: changedUrl(admin, { port: lab.extraPort }),
    }),
    ...(lab.engine === 'pgbouncer' && { PGBOUNCER_CONSOLE_URL: lab.consoleUrl }),
  };
}
