import { environmentError } from '#errors.ts';
import { askOnce, type ClientRow } from '../../drivers/client.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import type { Lab, PgbouncerLab } from '../../setup/lab.ts';

/** Returns the lab with its pooler. Throws if it has none. */
export function withPooler(lab: Lab): PgbouncerLab {
  if (lab.engine !== 'pgbouncer') throw environmentError('this fault needs a pooler');
  return lab;
}

/** Runs a command on the pooler's console, which has its own commands and no SQL. */
export function askConsole(lab: PgbouncerLab, command: string): Promise<readonly ClientRow[]> {
  return askOnce(lab.consoleUrl, command, { name: 'lab' });
}

/**
 * Returns the inputs of the pooler's runbook: the URLs through the pooler, past it, and to its
 * console.
 */
export function poolerInputs(lab: PgbouncerLab): Readonly<Record<string, string>> {
  return {
    database_url: lab.urls.shop,
    admin_url: changedUrl(lab.urls.oncall, { port: lab.server.port }),
    console_url: lab.consoleUrl,
    held_for: '1s',
  };
}
