import { type Protocol, protocolOf } from '#runbook/model/engines.ts';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { TLS_PROBLEMS } from '#runbook/model/probe-results.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { parseDatabaseLogin } from '../../database/url.ts';
import { reach, reachOne } from '../../reach/reach.ts';
import { Stages } from '../../reach/stages.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';
import type { Login, LoginFacts, WayIn } from './way-in.ts';

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
  message: 'the URL is not a database URL',
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
  const way = await WAYS_IN[protocolOf(engine)]({ url, statement, stages, context, facts });
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

const WAYS_IN: Readonly<Record<Protocol, (login: Login) => Promise<WayIn>>> = {
  postgres: async (login) => (await import('./postgres.ts')).wayIntoPostgres(login),
  mysql: async (login) => (await import('./mysql.ts')).wayIntoMysql(login),
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
