import type { Engine } from '#runbook/model/engines.ts';
import type { LogIn } from './held-connection.ts';
import type { HeldSession } from './held-session.ts';

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

/** The sessions of a run as their server lists them, and how they are ended. */
export type OwnSessions = {
  find(): Promise<readonly EndedSession[]>;
  end(found: readonly EndedSession[]): Promise<unknown>;
};

/** How the sessions of a run are found and ended on a server. */
export type SessionAccess<Session extends HeldSession> = {
  readonly logIn: LogIn<Session>;
  ownSessions(session: Session, of: SessionsOf): Promise<OwnSessions>;
};
