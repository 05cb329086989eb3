import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const fetched = join(cache, 'runbook-dev');

/** The folder that Docker Compose is unpacked into for tests: a configuration folder of Docker's client. */
export const composeFolder = join(fetched, 'compose');

/** The folder that the least Node that is promised is unpacked into for tests. */
export const leastNodeFolder = join(fetched, 'least-node');

/** The folder that MySQL is unpacked into for tests. */
export const mysqlFolder = join(fetched, 'mysql-server');

/** The folder that older versions of PostgreSQL are unpacked into for tests, one folder a major version. */
export const postgresFolder = join(fetched, 'postgres');
