import type { StepError } from '#runbook/model/step-error.ts';

/**
 * Returns an error for the first bytes of a server that is no PostgreSQL, as when a port was mixed
 * up; pg itself then says that the connection was terminated, or waits. Undefined for one that is.
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

/** PostgreSQL answers in binary; only its oldest error form is text, after an `E`. */
function firstLine(greeting: string): string | undefined {
  const line = /^[\x20-\x7e]{4,}/.exec(greeting)?.[0];
  return line === undefined || line.startsWith('E') ? undefined : `it says "${line}"`;
}
