import { type Catalog, catalogOf } from '#runbook/model/engines.ts';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { TLS_PROBLEMS } from '#runbook/model/probe-results.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { executeOn } from '../database/execution.ts';
import type { HeldSession } from '../database/held-session.ts';
import { type Login, type LoginResult, newLogin } from '../database/login.ts';
import { parseDatabaseLogin } from '../database/url.ts';
import type { ProbeContext, ProbeReport } from './context.ts';

/** The answers of a session; null if it is not reached or does not report one. */
type SessionFacts = {
  version?: string;
  /** The role that the server assigned. */
  role: string | null;
  database: string | null;
  /** PostgreSQL only: true for a standby, or a server that is still recovering. */
  in_recovery: boolean | null;
  /** True if new transactions cannot write. */
  read_only: boolean | null;
  /** The server's number of the session. */
  session: number | null;
  /** The first row of the statement's result. */
  row: Json;
};

const NO_DATABASE_URL: StepError = {
  kind: 'config',
  message: 'the URL is not a database URL',
  hint: 'The config probe says what is wrong with it.',
};

/**
 * Logs in stage by stage on one connection, so that a failure names its stage, and runs a statement
 * as a read.
 */
export async function probeLogin(
  { url, statement }: ParametersOf<'login'>,
  { deadline, applicationName, env }: ProbeContext,
): Promise<ProbeReport> {
  const server = parseDatabaseLogin(url)?.address;
  if (server === undefined) return { result: {}, error: NO_DATABASE_URL };
  const login = newLogin({ url, applicationName, env, deadline, isHeld: false });
  const { stages, found } = login;
  const unknown = { role: null, database: null, in_recovery: null, read_only: null };
  const facts: SessionFacts = { ...unknown, session: null, row: null };
  const wayIn = WAYS_IN[catalogOf(server.engine)];
  if (wayIn === undefined) return { result: {}, error: NO_DATABASE_URL };
  const opened = await wayIn.open(login);
  const { connection } = opened;
  const error =
    opened.error ?? (await query(opened.connection, login, facts, { statement, ...wayIn }));
  const result = {
    ...{ host: server.host, port: server.port, ...found, ...facts },
    tls_problem: tlsProblem(error),
    failed_stage: error === undefined ? null : stages.current,
  };
  if (error === undefined) stages.enter(null);
  if (connection !== undefined) await deadline.race(connection.end());
  connection?.abandon();
  return { result: { ...result, stages: stages.ms }, error };
}

/** Runs the statement of a login and reads the facts of the session, until the deadline. */
async function query(
  session: HeldSession,
  { stages, deadline }: Login,
  facts: SessionFacts,
  asked: { readonly statement: string | undefined; readonly facts: string },
): Promise<StepError | undefined> {
  stages.enter('query');
  const error = await deadline.race(ask(session, facts, asked, deadline.leftMs));
  if (!deadline.signal.aborted) return error;
  session.abandon();
  return deadline.error({ phase: 'query', message: 'the server does not answer the statement' });
}

async function ask(
  session: HeldSession,
  facts: SessionFacts,
  { statement, facts: about }: { readonly statement: string | undefined; readonly facts: string },
  leftMs: number,
): Promise<StepError | undefined> {
  try {
    if (statement === undefined) [facts.row = null] = await session.ask('SELECT 1 AS one');
    else {
      const action = { ...READ, text: statement, timeoutMs: Math.max(1, Math.floor(leftMs)) };
      const execution = await executeOn(session, action, { signal: new AbortController().signal });
      if (execution.status !== 'succeeded') return execution.error;
      [facts.row = null] = execution.result.rows as readonly Row[];
    }
    const [row] = await session.tryAsk(about);
    if (row !== undefined) Object.assign(facts, row, { read_only: Number(row.read_only) !== 0 });
    return undefined;
  } catch (thrown) {
    return session.errorOf(thrown);
  }
}

const READ: Omit<SqlAction, 'text' | 'timeoutMs'> = {
  ...{ kind: 'sql', target: '', values: [], readOnly: true, origin: [] },
};

type WayIn = {
  readonly facts: string;
  open(login: Login): Promise<LoginResult<HeldSession>>;
};

/** How a login is made to servers of a catalog, and the query of what its session reports. */
const WAYS_IN: Readonly<Partial<Record<Catalog, WayIn>>> = {
  postgres: {
    open: async (login) => (await import('../postgres/executor.ts')).openPostgres(login),
    facts: `
SELECT current_setting('server_version') AS version, current_user::text AS role,
  current_database()::text AS database, pg_backend_pid() AS session,
  pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') = 'on' AS read_only`,
  },
  mysql: {
    open: async (login) => (await import('../mysql/connection.ts')).openMysql(login),
    facts: `
SELECT VERSION() AS version, CURRENT_USER() AS role, DATABASE() AS \`database\`,
  CONNECTION_ID() AS session, @@global.read_only AS read_only`,
  },
};

/** One of the reasons for which TLS fails. */
type TlsProblem = (typeof TLS_PROBLEMS)[number];

/** The first rule that applies wins: a name that does not match is a problem of a certificate too. */
const SIGNS: readonly (readonly [sign: RegExp, problem: TlsProblem])[] = [
  [/\b3159\b|insecure transport/i, 'required'],
  [/offers no TLS|NO SSL SUPPORT/i, 'not_offered'],
  [/protocol version|unsupported protocol|version too low|no protocols available/i, 'version'],
  [/certificate required|bad certificate|valid client certificate/i, 'client_certificate'],
  [/altname/i, 'name_mismatch'],
  [/handshake failure|no shared cipher|no suitable/i, 'cipher'],
  [/certificate|\bCERT\b|\bissuer\b/i, 'certificate'],
];

/** Returns why TLS failed; null for any other error, and where the error does not tell. */
export function tlsProblem(error: StepError | undefined): TlsProblem | null {
  if (error?.kind !== 'tls') return null;
  const said = `${error.code ?? ''} ${error.message}`.replaceAll('_', ' ');
  return SIGNS.find(([sign]) => sign.test(said))?.[1] ?? null;
}
