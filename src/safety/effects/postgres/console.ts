import type { Reason } from '../report.ts';

/**
 * Commands of PgBouncer's console, which uses PostgreSQL's protocol but not its SQL. `SHOW` is the
 * same in both.
 */
const COMMANDS: Readonly<Record<string, Pick<Reason, 'effect' | 'text'>>> = {
  pause: { effect: 'destructive', text: 'PAUSE makes all clients wait' },
  suspend: { effect: 'destructive', text: 'SUSPEND makes all clients wait' },
  kill: { effect: 'destructive', text: 'KILL drops client connections' },
  kill_client: { effect: 'destructive', text: 'KILL_CLIENT drops a client connection' },
  disable: { effect: 'destructive', text: 'DISABLE refuses new clients' },
  shutdown: { effect: 'destructive', text: 'SHUTDOWN ends the pooler' },
  resume: { effect: 'change', text: 'RESUME lets clients go on' },
  enable: { effect: 'change', text: 'ENABLE lets clients in again' },
  reconnect: { effect: 'change', text: 'RECONNECT replaces server connections' },
  reload: { effect: 'change', text: 'RELOAD reads the configuration again' },
  wait_close: { effect: 'change', text: 'WAIT_CLOSE waits for server connections' },
};

/** Returns the effect of a command of PgBouncer's console; undefined for any other text. */
export function effectOfConsoleCommand(sql: string): Pick<Reason, 'effect' | 'text'> | undefined {
  const word = /^\s*([a-z_]+)(?:\s+[\w-]+)*\s*;?\s*$/i.exec(sql)?.[1]?.toLowerCase();
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}
