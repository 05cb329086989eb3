import type { StepError } from '#runbook/model/step-error.ts';

/**
 * Returns an error if the first bytes of a server are not PostgreSQL's, e.g. after a mix-up of
 * ports: pg itself would report a terminated connection, or wait. Undefined for PostgreSQL.
 */
export function foreignServer(
  greeting: string,
  { host, port }: { readonly host: string; readonly port: number },
): StepError | undefined {
  const who = isMysql(greeting) ? 'it is a MySQL or MariaDB server' : firstLine(greeting);
  if (who === undefined) return undefined;
  return {
    kind: 'config',
    phase: 'tcp',
    message: `what answers on ${host}:${port} is not PostgreSQL: ${who}`,
    hint: 'Are host and port the right ones?',
  };
}

function isMysql(greeting: string): boolean {
  return greeting[3] === '\0' && greeting[4] === '\n';
}

/**
 * Returns a quote of a text greeting. PostgreSQL answers in binary; only its oldest error format is
 * text, after an `E`.
 */
function firstLine(greeting: string): string | undefined {
  const line = /^[\x20-\x7e]{4,}/.exec(greeting)?.[0];
  return line === undefined || line.startsWith('E') ? undefined : `it says "${line}"`;
}
