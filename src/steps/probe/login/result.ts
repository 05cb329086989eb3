import type { Socket } from 'node:net';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { parseDatabaseLogin } from '../../database/url.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';
import { reach, reachOne } from '../reach.ts';
import { Stages } from '../stages.ts';
import { tlsProblem } from './tls-problem.ts';

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

const NOTHING_KNOWN: Omit<LoginFacts, 'engine'> = {
  version: null,
  role: null,
  database: null,
  in_recovery: null,
  read_only: null,
  session: null,
  tls: null,
  protocol: null,
  row: null,
};

const NO_DATABASE_URL: StepError = {
  kind: 'config',
  message: 'the URL is no database URL',
  hint: 'The config probe says what is wrong with it.',
};

/**
 * Logs in stage by stage on one connection, so that a failure names its stage. The name, the
 * connection and the greeting are handled here, the login by the engine's driver.
 */
export async function probeLogin(
  { url, statement }: ParametersOf<'login'>,
  context: ProbeContext,
): Promise<ProbeReport> {
  const address = parseDatabaseLogin(url)?.address;
  if (address === undefined) return { result: {}, error: NO_DATABASE_URL };
  const { engine, host, port } = address;
  const { deadline } = context;
  const stages = new Stages();
  const facts: LoginFacts = { engine, ...NOTHING_KNOWN };
  const report = (error: StepError | undefined, reached: string | null): ProbeReport => ({
    result: {
      ...{ host, port, address: reached, ...facts },
      ...{ tls_problem: tlsProblem(error), stages: stages.ms, failed_stage: stages.current },
    },
    error,
  });
  const way = await wayIn(engine, { url, statement, stages, context, facts });
  if (way.error !== undefined) return report(way.error, null);
  const {
    socket,
    address: reached,
    error,
  } = way.socketFile === undefined
    ? await reach(host, port, deadline, stages)
    : await reachOne([{ path: way.socketFile }], deadline, stages);
  if (error !== undefined) return report(error, null);
  const failure = await way.logIn(socket);
  socket.destroy();
  if (failure === undefined) stages.enter(null);
  return report(failure, reached);
}

async function wayIn(engine: Engine, login: Login): Promise<WayIn> {
  if (engine === 'postgres') return (await import('./postgres.ts')).wayIntoPostgres(login);
  return (await import('./mysql.ts')).wayIntoMysql(login);
}
