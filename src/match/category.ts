/** The kind of connection incident that an error indicates; `none` if it indicates none. */
export type Category =
  | 'connection-refused'
  | 'connection-timeout'
  | 'dns-failure'
  | 'auth-failure'
  | 'tls-failure'
  | 'pool-exhaustion'
  | 'too-many-connections'
  | 'connection-leak'
  | 'stale-connection'
  | 'server-not-ready'
  | 'failover-read-only'
  | 'disk-full'
  | 'query-timeout'
  | 'lock-contention'
  | 'migration'
  | 'config-error'
  | 'pgbouncer'
  | 'wrong-service';

/** A category's runbook, and its texts for an operator. */
type CategoryEntry = {
  readonly runbook: string;
  /** A name for the category, as a noun phrase. */
  readonly title: string;
  /** The test that tells this category from others with the same text. */
  readonly toldBy: string;
  /** The categories that bring it about: a summary shows them first. */
  readonly follows?: readonly Category[];
};

/** Every category, with the runbook that resolves it. */
export const CATEGORIES: Readonly<Record<Category, CategoryEntry>> = {
  'connection-refused': {
    runbook: 'refused',
    title: 'connections refused',
    toldBy: 'a TCP connect fails at once: the host answers and nothing listens',
    follows: ['server-not-ready'],
  },
  'connection-timeout': {
    runbook: 'timeout',
    title: 'connections that time out',
    toldBy: 'a TCP connect gets no answer, or the server is silent after it',
  },
  'dns-failure': {
    runbook: 'dns',
    title: 'names that do not resolve',
    toldBy: 'the name does not resolve where the application runs',
  },
  'auth-failure': {
    runbook: 'auth',
    title: 'logins denied',
    toldBy: 'the server answers and the same login is denied from a client on the same host',
  },
  'tls-failure': {
    runbook: 'ssl',
    title: 'TLS failures',
    toldBy: 'the same login works with other TLS settings',
  },
  'pool-exhaustion': {
    runbook: 'pool-exhausted',
    title: 'an exhausted connection pool',
    toldBy: 'a direct login works at once while the application waits for its pool',
    follows: [
      'connection-refused',
      'connection-timeout',
      'dns-failure',
      'auth-failure',
      'tls-failure',
      'too-many-connections',
      'server-not-ready',
      'query-timeout',
      'lock-contention',
      'connection-leak',
    ],
  },
  'too-many-connections': {
    runbook: 'too-many-connections',
    title: 'a server without free connections',
    toldBy: 'the server itself refuses one connection more',
  },
  'connection-leak': {
    runbook: 'connection-leak',
    title: 'leaked connections',
    toldBy: 'sessions stay open or idle in transaction, and their number only grows',
  },
  'stale-connection': {
    runbook: 'stale-connections',
    title: 'connections that were closed',
    toldBy: 'a new connection works; the old ones were ended by a restart, a failover or a timeout',
    follows: ['server-not-ready', 'failover-read-only', 'connection-leak'],
  },
  'server-not-ready': {
    runbook: 'server-not-ready',
    title: 'a server that is not ready',
    toldBy: 'the server answers that it is starting, stopping or recovering',
    follows: ['disk-full'],
  },
  'failover-read-only': {
    runbook: 'read-only',
    title: 'writes on a read-only server',
    toldBy: 'reads work and writes do not: this is a standby, or was made one',
  },
  'disk-full': {
    runbook: 'disk-full',
    title: 'a server without disk space',
    toldBy: 'reads work and writes do not: df on the server shows a full file system',
  },
  'query-timeout': {
    runbook: 'slow-queries',
    title: 'statements that take too long',
    toldBy: 'the login works, and a statement is ended while it runs',
  },
  'lock-contention': {
    runbook: 'lock-contention',
    title: 'statements that wait for locks',
    toldBy: 'a session holds the lock that the others wait for',
  },
  migration: {
    runbook: 'migrations',
    title: 'a schema that is not the one expected',
    toldBy: 'the login works, and a table or a column is missing',
  },
  'config-error': {
    runbook: 'config',
    title: 'settings that cannot be right',
    toldBy: 'the connection settings are missing or cannot be read',
  },
  pgbouncer: {
    runbook: 'pgbouncer',
    title: 'failures of the connection pooler',
    toldBy: 'a login past the pooler works, or SHOW POOLS has waiting clients',
  },
  'wrong-service': {
    runbook: 'wrong-service',
    title: 'another service on the port',
    toldBy: 'the greeting on that port is of another protocol',
  },
};
