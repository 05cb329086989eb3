import { environmentError } from '#errors.ts';
import { askOnce, type ClientRow } from '../../drivers/client.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import type { Lab, PgbouncerLab } from '../../setup/lab.ts';

/** Returns the lab with its pooler; throws for one that has none. */
export function withPooler(lab: Lab): PgbouncerLab {
  if (lab.engine !== 'pgbouncer') throw environmentError('this fault needs a pooler');
  return lab;
}

/** Asks the pooler's console, which knows commands of its own and no SQL. */
export function askConsole(lab: PgbouncerLab, command: string): Promise<readonly ClientRow[]> {
  return askOnce(lab.consoleUrl, command, { name: 'lab' });
}

/** Returns what the runbook of the pooler is given: the way through it, past it, and to its console. */
export function poolerInputs(lab: PgbouncerLab): Readonly<Record<string, string>> {
  return {
    database_url: lab.urls.shop,
    admin_url: changedUrl(lab.urls.oncall, { port: lab.server.port }),
    console_url: lab.consoleUrl,
    held_for: '1s',
  };
}
