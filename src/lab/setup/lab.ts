import type { Client, ClientOptions, ClientRow } from '../drivers/client.ts';
import type { Keeper } from '../servers/keeper.ts';
import type { MariadbServer } from '../servers/mariadb-server.ts';
import type { PostgresServer } from '../servers/postgres-server.ts';
import type { ServerTls } from './server-tls.ts';

/** Who uses the lab's servers: the application, the person on call, and somebody uninvolved. */
export type LabUser = 'shop' | 'oncall' | 'warehouse';

/** What every lab has, whatever its engine. */
type AnyLab = {
  /** Holds every program and file of the lab. */
  readonly keeper: Keeper;
  /** A connection URL per user, to a server that is well; `warehouse` has a database of its own. */
  readonly urls: Readonly<Record<LabUser, string>>;
  readonly tls: ServerTls;
  /** Runs statements one after the other as the server's superuser; returns the last one's rows. */
  admin(...statements: readonly string[]): Promise<readonly ClientRow[]>;
  /** Opens a session; of the application when no other URL is given. */
  open(url?: string, options?: ClientOptions): Promise<Client>;
  /** Has the server read its certificate again; for new connections only. */
  reloadTls(): Promise<void>;
  /** Ends every program of the lab and removes its files; safe to call twice. */
  close(): Promise<void>;
};

/** A PostgreSQL to break. */
export type PostgresLab = AnyLab & {
  readonly engine: 'postgres' | 'postgres-system';
  readonly server: PostgresServer;
  /** Has the server read its settings and host rules again, and waits until it has. */
  reload(): Promise<void>;
  /** Replaces pg_hba.conf, and waits until the server goes by it. */
  setHostRules(lines: readonly string[]): Promise<void>;
};

/** A MariaDB to break. */
export type MariadbLab = AnyLab & {
  readonly engine: 'mariadb';
  readonly server: MariadbServer;
  /** Lets an administrator in when the server has no connection left. */
  readonly extraPort: number;
};

/** A PgBouncer to break, with the PostgreSQL behind it; `warehouse` goes past the pooler. */
export type PgbouncerLab = Omit<PostgresLab, 'engine'> & {
  readonly engine: 'pgbouncer';
  /** Logs in to the pooler's console, which knows no prepared statement. */
  readonly consoleUrl: string;
};

/** Servers that are well, with a shop on them, to make faults on; one fault at a time. */
export type Lab = PostgresLab | MariadbLab | PgbouncerLab;

/** Slots of every server of the lab; the reserved ones of PostgreSQL are among them. */
export const MAX_CONNECTIONS = 20;

/** Server connections per user and database, and clients, that the lab's PgBouncer has. */
export const POOLER_LIMITS = { pool: 2, clients: 10 } as const;

/** The host rules of a lab's PostgreSQL that is well. */
export const HOST_RULES: readonly string[] = [
  'host replication postgres 127.0.0.1/32 scram-sha-256',
  'host all all 127.0.0.1/32 scram-sha-256',
];

/** Tells which protocol a lab's servers speak. */
export function isPostgres(lab: Lab): lab is PostgresLab | PgbouncerLab {
  return lab.engine !== 'mariadb';
}
