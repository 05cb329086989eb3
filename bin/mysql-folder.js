import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** The folder that MySQL is unpacked into for tests. */
export const mysqlFolder = join(cache, 'runbook-dev', 'mysql-server');
