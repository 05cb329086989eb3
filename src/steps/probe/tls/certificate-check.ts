import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { type Protocol, protocolOf, protocolOfPort } from '#runbook/model/engines.ts';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { readAuthorities } from '../../reach/authorities.ts';
import { literalAddress } from '../../reach/host-name.ts';
import { reach } from '../../reach/reach.ts';
import { Stages } from '../../reach/stages.ts';
import type { Deadline } from '../../wire/deadline.ts';
import { handshake } from '../../wire/handshake.ts';
import { askMysqlForTls } from '../../wire/mysql-greeting.ts';
import { askPostgresForTls } from '../../wire/postgres-greeting.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';
import { chainOf, describeCertificate } from './certificate.ts';
import { judge, type Verdict } from './verdict.ts';

type TlsParameters = ParametersOf<'tls'>;

/**
 * Performs a TLS handshake the way a database client does, without logging in, and reports the
 * protocol, the certificates and the verdict of a strict client. A bad certificate is a result, and
 * fails the probe only with `verify`; a server without TLS fails it unless `required` is false.
 */
export async function probeTls(
  parameters: TlsParameters,
  { deadline }: ProbeContext,
): Promise<ProbeReport> {
  const stages = new Stages();
  const authorities = parameters.ca === undefined ? undefined : readAuthorities(parameters.ca);
  const found: Record<string, Json> = { ...NOTHING_FOUND };
  let socket: Socket | undefined;
  const report = (error?: StepError): ProbeReport => {
    socket?.destroy();
    const result = { ...found, stages: stages.ms, failed_stage: stages.current };
    return error === undefined ? { result } : { result, error };
  };
  const reached = await reach(parameters.host, parameters.port, deadline, stages);
  if (reached.error !== undefined) return report(reached.error);
  socket = reached.socket;
  found.address = reached.address;
  const { error: unwilling, ...answer } = await askForTls(socket, parameters, deadline, stages);
  Object.assign(found, answer);
  if (unwilling !== undefined) return report(unwilling);
  if (answer.offered === false) {
    stages.enter(null);
    return report();
  }
  stages.enter('tls');
  const name = serverNameOf(parameters);
  const secured = await handshake(socket, name, optionsFor(parameters, authorities), deadline);
  if (secured.error !== undefined) return report(secured.error);
  stages.enter(null);
  const leaf = secured.socket.getPeerX509Certificate();
  const verdict = judge(secured.socket, leaf, name, authorities);
  Object.assign(found, describeSession(secured.socket), describeTrust(leaf, verdict));
  await sayGoodbye(secured.socket, deadline);
  return report(parameters.verify ? verdictError(verdict, name) : undefined);
}

const NOTHING_FOUND = {
  address: null,
  offered: null,
  version: null,
  protocol: null,
  cipher: null,
  alpn: null,
  authorized: null,
  reason: null,
  problems: [],
  verify_code: null,
  certificate: null,
  chain: [],
} as const satisfies Readonly<Record<string, Json>>;

type Willingness = {
  readonly offered: boolean | null;
  /** The version that a MySQL or MariaDB server reports. */
  readonly version?: string;
  readonly error?: StepError | undefined;
};

async function askForTls(
  socket: Socket,
  { engine, port, required = true }: TlsParameters,
  deadline: Deadline,
  stages: Stages,
): Promise<Willingness> {
  if (engine === 'direct') return { offered: true };
  const protocol = engine === undefined ? protocolOfPort(port) : protocolOf(engine);
  if (protocol === undefined) return { offered: true };
  stages.enter('greeting');
  const answer = await REQUESTS[protocol](socket, deadline);
  if (answer.error !== undefined) return { offered: null, error: answer.error };
  return answer.offered || !required ? answer : { ...answer, error: NOT_OFFERED };
}

const REQUESTS = {
  postgres: askPostgresForTls,
  mysql: askMysqlForTls,
} as const satisfies Readonly<Record<Protocol, unknown>>;

const NOT_OFFERED: StepError = {
  kind: 'tls',
  phase: 'tls',
  message: 'the server offers no TLS',
  hint: 'TLS is not set up there, or a pooler in between does not offer it.',
};

function serverNameOf({ server_name, host }: TlsParameters): string {
  return server_name ?? literalAddress(host) ?? host;
}

function optionsFor(
  { min_version = 'TLSv1.2', max_version = 'TLSv1.3', alpn }: TlsParameters,
  authorities: readonly string[] | undefined,
): ConnectionOptions {
  const isOld = min_version === 'TLSv1' || min_version === 'TLSv1.1';
  return {
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    minVersion: min_version,
    maxVersion: max_version,
    // OpenSSL disables versions before 1.2 at its default security level.
    ...(isOld && { ciphers: 'DEFAULT@SECLEVEL=0' }),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
    ...(authorities !== undefined && { ca: [...authorities] }),
  };
}

function describeSession(socket: TLSSocket): Readonly<Record<string, Json>> {
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || null,
  };
}

function describeTrust(
  leaf: X509Certificate | undefined,
  { authorized, problems, code }: Verdict,
): Readonly<Record<string, Json>> {
  const chain = chainOf(leaf).map(describeCertificate);
  const reason = problems[0] ?? null;
  return {
    ...{ authorized, reason, problems, verify_code: code },
    ...{ certificate: chain[0] ?? null, chain },
  };
}

function verdictError({ problems, code }: Verdict, name: string): StepError | undefined {
  if (problems.length === 0) return undefined;
  const message = `the certificate does not pass for ${name}: ${problems.join(', ')}`;
  return { kind: 'tls', phase: 'tls', message, ...(code !== null && { code }) };
}

/** Closes a TLS session with a close notification, which leaves no error in the server's log. */
async function sayGoodbye(socket: TLSSocket, deadline: Deadline): Promise<void> {
  const closed = new Promise((done) => socket.once('close', done));
  socket.resume().end();
  await deadline.part(GOODBYE_MS).race(closed);
}

const GOODBYE_MS = 200;
