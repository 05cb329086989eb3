import type { StepError } from '../../runbook/step-error.ts';
import type { SqlAction } from '../../safety/action.ts';
import type { ConnectionFacts, ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import type { PostgresConnection } from './connection.ts';
import { executeOn } from './execution.ts';
import { type LoginOptions, type LoginResult, loginToPostgres } from './login.ts';

/** Where a PostgreSQL executor works, and who is told about its connection. */
export type PostgresExecutorOptions = {
  readonly url: string;
  /** The URL tried when the server, or the role, has no connection slot left. */
  readonly reserveUrl?: string | undefined;
  readonly applicationName: string;
  /** @default 10000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Called with every connection that was made. */
  readonly onConnected: (facts: ConnectionFacts) => void;
};

/**
 * Returns an executor that runs statements on one PostgreSQL connection: made at its first use, held
 * from then on so that it cannot be refused later, and made again when it was lost.
 */
export function createPostgresExecutor(options: PostgresExecutorOptions): Executor {
  let connection: PostgresConnection | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  const connect = async (signal: AbortSignal): Promise<LoginResult> => {
    const { viaReserve, ...opened } = await login(options, signal);
    if (opened.connection !== undefined) {
      connection = opened.connection;
      const { facts } = connection;
      options.onConnected({ ...facts, reserved: facts.reserved || viaReserve });
    }
    return opened;
  };

  const run = async (action: SqlAction, context: ExecuteContext): Promise<StepOutcome> => {
    const held = connection?.isLost === false ? connection : undefined;
    if (held !== undefined) {
      const execution = await executeOn(held, action, context);
      if (execution.status !== 'lost-before') return execution;
    }
    const opened = await connect(context.signal);
    if (opened.connection === undefined) return failed(opened.error);
    const execution = await executeOn(opened.connection, action, context);
    return execution.status === 'lost-before' ? failed(execution.error) : execution;
  };

  return {
    async execute(action, context) {
      if (action.kind !== 'sql') throw new TypeError(`PostgreSQL cannot run ${action.kind}`);
      const signal = AbortSignal.any([context.signal, closing.signal]);
      const outcome = run(action, { ...context, signal });
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

function failed(error: StepError): StepOutcome {
  return { status: 'failed', error };
}

/** Tries the ordinary URL, and the reserve only when a connection limit is what keeps that one out. */
async function login(
  options: PostgresExecutorOptions,
  signal: AbortSignal,
): Promise<LoginResult & { readonly viaReserve: boolean }> {
  const loginOptions: LoginOptions = {
    applicationName: options.applicationName,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    signal,
  };
  const ordinary = await loginToPostgres(options.url, loginOptions);
  if (ordinary.error?.kind !== 'too_many_connections' || options.reserveUrl === undefined)
    return { ...ordinary, viaReserve: false };
  const reserve = await loginToPostgres(options.reserveUrl, loginOptions);
  if (reserve.connection !== undefined) return { ...reserve, viaReserve: true };
  const hint = [`The reserve was refused too: ${reserve.error.message}.`, reserve.error.hint];
  return { error: { ...ordinary.error, hint: hint.join(' ').trim() }, viaReserve: false };
}
