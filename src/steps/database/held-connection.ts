import { setTimeout as pause } from 'node:timers/promises';
import { beforeItBegan } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { ConnectionFacts, ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { executeForEach } from './each-row.ts';
import { type Execution, executeOn, failed } from './execution.ts';
import type { HeldSession } from './held-session.ts';
import type { LoginOptions, LoginResult } from './login.ts';

/** The options of a database executor. */
export type DatabaseExecutorOptions = {
  readonly url: string;
  /** The URL tried when the server, or the account, has no connection slot left. */
  readonly reserveUrl?: string | undefined;
  readonly applicationName: string;
  /** @default 10000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Called with every connection that was made. */
  readonly onConnected: (facts: ConnectionFacts) => void;
};

/** Logs in to a server and describes the session. */
export type LogIn<Session extends HeldSession> = (
  url: string,
  options: LoginOptions,
) => Promise<LoginResult<Session>>;

/**
 * Returns an executor that runs statements on one connection. It connects on first use, keeps the
 * connection so that it cannot be refused later, and reconnects after a loss.
 */
export function holdConnection(
  logIn: LogIn<HeldSession>,
  options: DatabaseExecutorOptions,
): Executor {
  let connection: HeldSession | undefined;
  let isReserve = false;
  let running: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  const connect = async (signal: AbortSignal): Promise<LoginResult<HeldSession>> => {
    const { viaReserve, ...opened } = await login(logIn, options, signal);
    if (opened.connection !== undefined) {
      connection = opened.connection;
      isReserve = viaReserve;
      tell(connection);
    }
    return opened;
  };

  const tell = ({ facts }: HeldSession) =>
    options.onConnected({ ...facts, reserved: facts.reserved || isReserve });

  /**
   * Runs an action and reports the connection again if its server changed: behind a pooler, a held
   * connection may lead to another server with each statement.
   */
  const carryOut = async (
    held: HeldSession,
    action: SqlAction,
    context: ExecuteContext,
  ): Promise<Execution> => {
    const { server } = held.facts;
    await context.mayStart?.();
    const execution = await executeOn(held, action, context);
    if (held.facts.server !== server) tell(held);
    return execution;
  };

  const reach = async (signal: AbortSignal): Promise<StepOutcome> => {
    const error = connection?.isLost === false ? undefined : (await connect(signal)).error;
    return error === undefined ? { status: 'succeeded', result: {} } : failed(error);
  };

  const run = async (action: SqlAction, context: ExecuteContext): Promise<StepOutcome> => {
    const held = connection?.isLost === false ? connection : undefined;
    if (held !== undefined) {
      const execution = await carryOut(held, action, context);
      if (execution.status !== 'lost-before') return execution;
    }
    const opened = await connect(context.signal);
    if (opened.error !== undefined) return failed(beforeItBegan(opened.error));
    const execution = await carryOut(opened.connection, action, context);
    return execution.status === 'lost-before' ? failed(execution.error) : execution;
  };

  return {
    async execute(action, context) {
      if (action.kind !== 'sql' && action.kind !== 'connect')
        throw new TypeError(`a database cannot run ${action.kind}`);
      const signal = AbortSignal.any([context.signal, closing.signal]);
      const one = (sql: SqlAction) => run(sql, { ...context, signal });
      const outcome = action.kind === 'sql' ? runAll(action, one) : reach(signal);
      running = outcome.catch(() => {});
      return outcome;
    },
    async close() {
      closing.abort();
      await running;
      await connection?.end();
    },
  };
}

function runAll({ each, ...action }: SqlAction, run: (action: SqlAction) => Promise<StepOutcome>) {
  return each === undefined ? run(action) : executeForEach({ ...action, each }, run);
}

/**
 * How long to wait before each further login that found no slot. A server counts a login in progress,
 * so clients that are being refused hold the last slots for a moment each.
 */
const NO_SLOT_PAUSES_MS = [100, 200, 400];

/** Logs in; see {@link loginOnce}. Tries again for a moment while no slot is free. */
async function login(
  logIn: LogIn<HeldSession>,
  options: DatabaseExecutorOptions,
  signal: AbortSignal,
): Promise<LoginResult<HeldSession> & { readonly viaReserve: boolean }> {
  let opened = await loginOnce(logIn, options, signal);
  for (const pauseMs of NO_SLOT_PAUSES_MS) {
    if (opened.error?.kind !== 'too_many_connections') break;
    await pause(pauseMs, undefined, { signal }).catch(() => {});
    opened = await loginOnce(logIn, options, signal);
  }
  return opened;
}

/** Logs in with the ordinary URL, and with the reserve only if a connection limit refused that. */
export async function loginOnce<Session extends HeldSession>(
  logIn: LogIn<Session>,
  options: Omit<DatabaseExecutorOptions, 'onConnected'>,
  signal: AbortSignal,
): Promise<LoginResult<Session> & { readonly viaReserve: boolean }> {
  const { url, reserveUrl, applicationName, connectTimeoutMs = 10_000 } = options;
  const loginOptions: LoginOptions = { applicationName, connectTimeoutMs, reserveUrl, signal };
  const ordinary = await logIn(url, loginOptions);
  if (ordinary.error?.kind !== 'too_many_connections' || reserveUrl === undefined)
    return { ...ordinary, viaReserve: false };
  const reserve = await logIn(reserveUrl, loginOptions);
  if (reserve.error === undefined) return { ...reserve, viaReserve: true };
  const hint = [`The reserve was refused too: ${reserve.error.message}.`, reserve.error.hint];
  return { error: { ...ordinary.error, hint: hint.join(' ').trim() }, viaReserve: false };
}
