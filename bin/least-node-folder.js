import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** The folder that the least Node that is promised is unpacked into for tests. */
export const leastNodeFolder = join(cache, 'runbook-dev', 'least-node');
