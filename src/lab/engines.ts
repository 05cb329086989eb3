/**
 * The engines of the lab: PostgreSQL 18 from npm, the system's PostgreSQL, MariaDB, MySQL, PgBouncer
 * in front of a PostgreSQL, and a PostgreSQL with a standby behind HAProxy.
 */
export const LAB_ENGINES = [
  'postgres',
  'postgres-system',
  'mariadb',
  'mysql',
  'pgbouncer',
  'failover',
] as const;
/** One of {@link LAB_ENGINES}. */
export type LabEngine = (typeof LAB_ENGINES)[number];

/** Those that are PostgreSQL without a pooler. */
export const POSTGRES_SERVERS: readonly LabEngine[] = ['postgres', 'postgres-system'];

/** Those that are MariaDB or MySQL. */
export const MYSQL_SERVERS: readonly LabEngine[] = ['mariadb', 'mysql'];

/** Those without a pooler. */
export const SERVERS: readonly LabEngine[] = [...POSTGRES_SERVERS, ...MYSQL_SERVERS];
