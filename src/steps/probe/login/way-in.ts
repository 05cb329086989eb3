import type { Socket } from 'node:net';
import type { Engine } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Stages } from '../../reach/stages.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import type { ProbeContext } from '../context.ts';

/** The facts of a login about the server and the session; null if not reached or not reported. */
export type LoginFacts = {
  /** The engine of the URL until the server reports its own. */
  engine: Engine;
  version: string | null;
  /** The role that the server assigned. */
  role: string | null;
  database: string | null;
  /** PostgreSQL only: true for a standby, or a server that is still recovering. */
  in_recovery: boolean | null;
  /** True if new transactions cannot write. */
  read_only: boolean | null;
  /** The server's number of the session. */
  session: number | null;
  tls: boolean | null;
  /** The version of TLS. */
  protocol: string | null;
  /** The first row of the statement's result. */
  row: Json;
};

/** A login in progress. */
export type Login = {
  readonly url: string;
  /** Undefined: the probe only checks that the server answers. */
  readonly statement: string | undefined;
  readonly stages: Stages;
  readonly context: ProbeContext;
  /** Filled in along the way, so that a failed login still reports how far it got. */
  readonly facts: LoginFacts;
};

/** The login procedure of an engine, or the reason why the URL has none. */
export type WayIn =
  | {
      readonly socketFile: string | undefined;
      /** Logs in on an open connection. The caller closes the socket. */
      readonly logIn: (socket: Socket) => Promise<StepError | undefined>;
      readonly error?: undefined;
    }
  | { readonly error: StepError };

/** Runs the statement of a login and reads the facts of the session, each within the deadline. */
export async function queryStage(
  { stages, context: { deadline }, facts }: Login,
  driver: {
    read(): Promise<Json>;
    readSession(): Promise<Partial<LoginFacts>>;
    errorOf(error: unknown): StepError;
  },
): Promise<StepError | undefined> {
  stages.enter('query');
  try {
    facts.row = (await deadline.race(driver.read())) ?? null;
    Object.assign(facts, await deadline.race(driver.readSession()));
    if (!deadline.signal.aborted) return undefined;
  } catch (error) {
    if (!deadline.signal.aborted) return driver.errorOf(error);
  }
  return deadline.error({ phase: 'query', message: 'the server does not answer the statement' });
}

/** Returns the error of a server that did not answer the login, or the TLS handshake, in time. */
export function unanswered({ context, stages }: Login, socket: Socket): StepError {
  const phase = stages.current === 'tls' ? 'tls' : 'auth';
  const message = `${peerOf(socket)} does not answer ${phase === 'tls' ? 'the TLS handshake' : 'the login'}`;
  return context.deadline.error({ phase, message, hint: 'The server hangs or is overloaded.' });
}

/** Returns the error of a server without TLS for a URL that requires it. */
export function offersNoTls(howToTurnItOn: string): StepError {
  return {
    kind: 'tls',
    phase: 'tls',
    message: 'the server offers no TLS, and the URL asks for it',
    hint: `${howToTurnItOn} Only the owner of the data can decide to connect without encryption.`,
  };
}
