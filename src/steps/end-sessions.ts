import { type Engine, isConsole, protocolOf } from '#runbook/model/engines.ts';
import { parseDatabaseUrl } from './database/url.ts';

/** The sessions of a run on one server. */
export type SessionsOf = {
  readonly engine?: Engine | undefined;
  readonly url: string;
  readonly reserveUrl: string | undefined;
  /** The name that they report. */
  readonly applicationName: string;
  /** The name of the session that ends them. */
  readonly clearing: string;
  /** The sessions that the run recorded, with the identity of their server. */
  readonly recorded: readonly { readonly server: string; readonly session: number }[];
  readonly signal: AbortSignal;
};

/** A session that was to end; `left` tells why it, or any of them, could not be ended. */
export type EndedSession = {
  readonly session?: number;
  readonly state: string;
  /** How long it had been in that state. */
  readonly ms?: number;
  readonly left?: string;
};

/** Ends the sessions of a run on a database server. Never rejects. */
export async function endSessions(of: SessionsOf): Promise<readonly EndedSession[]> {
  const engine = parseDatabaseUrl(of.url)?.engine;
  // A console has no sessions of a server, and no command that ends another.
  if (engine === undefined || isConsole(of.engine)) return [];
  if (protocolOf(engine) === 'postgres')
    return await (await import('./postgres/end-sessions.ts')).endPostgresSessions(of);
  return await (await import('./mysql/end-sessions.ts')).endMysqlSessions(of);
}
