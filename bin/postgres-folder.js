import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** The folder that older versions of PostgreSQL are unpacked into for tests, one folder a major version. */
export const postgresFolder = join(cache, 'runbook-dev', 'postgres');
