import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** The folder that Docker Compose is unpacked into for tests: a configuration folder of Docker's client. */
export const composeFolder = join(cache, 'runbook-dev', 'compose');
