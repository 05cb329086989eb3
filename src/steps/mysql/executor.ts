import type { StepError } from '../../runbook/step-error.ts';
import type { SqlAction } from '../../safety/action.ts';
import type { ConnectionFacts, ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import type { MysqlConnection } from './connection.ts';
import { executeOnMysql } from './execution.ts';
import { loginToMysql, type MysqlLoginOptions, type MysqlLoginResult } from './login.ts';

/** Where a MySQL executor works, and who is told about its connection. */
export type MysqlExecutorOptions = {
  /** A `mysql:` or `mariadb:` URL; either reaches both. */
  readonly url: string;
  /** The URL tried when the server, or the account, has no connection slot left. */
  readonly reserveUrl?: string | undefined;
  readonly applicationName: string;
  /** @default 10000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Called with every connection that was made. */
  readonly onConnected: (facts: ConnectionFacts) => void;
};

/**
 * Returns an executor that runs statements on one MySQL or MariaDB connection: made at its first use,
 * held from then on so that it cannot be refused later, and made again when it was lost.
 */
export function createMysqlExecutor(options: MysqlExecutorOptions): Executor {
  let connection: MysqlConnection | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  const connect = async (signal: AbortSignal): Promise<MysqlLoginResult> => {
    const { viaReserve, ...opened } = await login(options, signal);
    if (opened.connection !== undefined) {
      connection = opened.connection;
      const { facts } = connection;
      options.onConnected({ ...facts, reserved: facts.reserved || viaReserve });
    }
    return opened;
  };

  const reach = async (signal: AbortSignal): Promise<StepOutcome> => {
    const error = connection?.isLost === false ? undefined : (await connect(signal)).error;
    return error === undefined ? { status: 'succeeded', result: {} } : failed(error);
  };

  const run = async (action: SqlAction, context: ExecuteContext): Promise<StepOutcome> => {
    const held = connection?.isLost === false ? connection : undefined;
    if (held !== undefined) {
      const execution = await executeOnMysql(held, action, context);
      if (execution.status !== 'lost-before') return execution;
    }
    const opened = await connect(context.signal);
    if (opened.connection === undefined) return failed(opened.error);
    const execution = await executeOnMysql(opened.connection, action, context);
    return execution.status === 'lost-before' ? failed(execution.error) : execution;
  };

  return {
    async execute(action, context) {
      if (action.kind !== 'sql' && action.kind !== 'connect')
        throw new TypeError(`MySQL cannot run ${action.kind}`);
      const signal = AbortSignal.any([context.signal, closing.signal]);
      const outcome = action.kind === 'sql' ? run(action, { ...context, signal }) : reach(signal);
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
  options: MysqlExecutorOptions,
  signal: AbortSignal,
): Promise<MysqlLoginResult & { readonly viaReserve: boolean }> {
  const loginOptions: MysqlLoginOptions = {
    applicationName: options.applicationName,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    reserveUrl: options.reserveUrl,
    signal,
  };
  const ordinary = await loginToMysql(options.url, loginOptions);
  if (ordinary.error?.kind !== 'too_many_connections' || options.reserveUrl === undefined)
    return { ...ordinary, viaReserve: false };
  const reserve = await loginToMysql(options.reserveUrl, loginOptions);
  if (reserve.connection !== undefined) return { ...reserve, viaReserve: true };
  const hint = [`The reserve was refused too: ${reserve.error.message}.`, reserve.error.hint];
  return { error: { ...ordinary.error, hint: hint.join(' ').trim() }, viaReserve: false };
}
