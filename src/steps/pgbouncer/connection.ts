import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { CONSOLE_DATABASE } from '#runbook/model/engines.ts';
import type { SqlResult } from '#runbook/model/value.ts';
import { HeldSession } from '../database/held-session.ts';
import { connectionIdentity } from '../database/server-identity.ts';
import type { ConnectionFacts } from '../executor.ts';
import type { NewSession } from '../postgres/login.ts';
import { ConsoleStatement } from './statement.ts';

/** One session on PgBouncer's console, held until it is closed or lost. */
export class ConsoleConnection extends HeldSession {
  readonly #client: Client;

  constructor(client: Client, socket: Socket, facts: ConnectionFacts) {
    super(socket, facts);
    this.#client = client;
  }

  /** Runs a command. Rejects with pg's error. */
  run(text: string): Promise<SqlResult> {
    return this.#client.query(new ConsoleStatement(text)).result;
  }

  /**
   * Calls the listener with each notice, e.g. `NOTICE: …`. Returns a function that removes the
   * listener.
   */
  onNotice(listener: (notice: string) => void): () => void {
    const listen = ({ severity = 'NOTICE', message = '' }: Notice) =>
      listener(`${severity}: ${message}`);
    this.#client.on('notice', listen);
    return () => this.#client.off('notice', listen);
  }

  /** Resolves with the reason why a command cannot be cancelled: it ends with its connection. */
  async cancel(): Promise<string> {
    return 'the console cancels no command';
  }

  protected override logOut(): Promise<void> {
    return this.#client.end();
  }
}

type Notice = { readonly severity?: string | undefined; readonly message?: string | undefined };

/**
 * Returns the held connection of a new session. The console tells nothing that other poolers do not
 * tell as well, so its identity is the connection's. Rejects if the console does not answer.
 */
export async function holdConsole(session: NewSession): Promise<ConsoleConnection> {
  const { client, socket, login, ssl, processId } = session;
  const { host, port, user } = login.address;
  const { rows } = await client.query<{ version?: string }>('SHOW VERSION');
  return new ConsoleConnection(client, socket, {
    ...{ engine: 'pgbouncer', host, port, database: CONSOLE_DATABASE, tls: ssl !== false },
    version: rows[0]?.version?.replace(/^PgBouncer /, '') ?? 'unknown',
    user: user ?? '',
    server: connectionIdentity(),
    session: processId,
    reserved: false,
  });
}
