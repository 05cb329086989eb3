import type { IncomingMessage } from 'node:http';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Deadline } from '../../wire/deadline.ts';
import { handshake } from '../../wire/handshake.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';
import { literalAddress } from '../dns/host-name.ts';
import { type Reached, reach } from '../reach.ts';
import { Stages } from '../stages.ts';
import { readAuthorities } from '../tls/authorities.ts';
import { readBody, requestPage } from './request.ts';

type HttpParameters = ParametersOf<'http'>;

const SHOWN_HEADERS = [
  ...['content-type', 'content-length', 'date', 'server', 'location', 'retry-after', 'via', 'age'],
];

/**
 * Requests one page from a web server, without cookies or a body. A redirect counts as an answer
 * unless `redirects` allows following it. Certificates are verified.
 */
export async function probeHttp(
  parameters: HttpParameters,
  { deadline }: ProbeContext,
): Promise<ProbeReport> {
  const { method = 'GET', redirects = 0 } = parameters;
  const authorities = parameters.ca === undefined ? undefined : readAuthorities(parameters.ca);
  const found: Record<string, Json> = { ...NOTHING_FOUND };
  let url = readUrl(parameters.url);
  for (let followed = 0; url !== undefined; followed += 1) {
    const stages = new Stages();
    const report = (error?: StepError): ProbeReport => ({
      result: { ...found, redirects: followed, stages: stages.ms, failed_stage: stages.current },
      error,
    });
    const opened = await open(url, authorities, deadline, stages);
    if (opened.error !== undefined) return report(opened.error);
    found.address = opened.address;
    stages.enter('query');
    const answer = await requestPage(opened.socket, url, method, deadline);
    if (answer.error !== undefined) return report(answer.error);
    Object.assign(found, describe(answer.response));
    const next = followed < redirects ? redirectOf(answer.response, url) : undefined;
    const body = next === undefined ? await readBody(answer.response, deadline) : undefined;
    opened.socket.destroy();
    Object.assign(found, body?.found);
    if (next === undefined && body?.error !== undefined) return report(body.error);
    stages.enter(null);
    if (next === undefined) return report(statusError(answer.response, parameters));
    url = next;
  }
  return { result: found, error: NO_WEB_URL };
}

const NOTHING_FOUND = {
  status: null,
  headers: {},
  body: null,
  body_truncated: false,
  address: null,
} as const satisfies Readonly<Record<string, Json>>;

const NO_WEB_URL: StepError = { kind: 'config', message: 'the URL is not an http or https URL' };

function readUrl(text: string, base?: URL): URL | undefined {
  const url = URL.parse(text, base?.href);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

async function open(
  url: URL,
  authorities: readonly string[] | undefined,
  deadline: Deadline,
  stages: Stages,
): Promise<Reached> {
  const isSecure = url.protocol === 'https:';
  const host = literalAddress(url.hostname) ?? url.hostname;
  const reached = await reach(host, Number(url.port || (isSecure ? 443 : 80)), deadline, stages);
  if (!isSecure || reached.error !== undefined) return reached;
  stages.enter('tls');
  const options = {
    ALPNProtocols: ['http/1.1'],
    ...(authorities !== undefined && { ca: [...authorities] }),
  };
  const secured = await handshake(reached.socket, host, options, deadline);
  return secured.error === undefined ? { ...reached, socket: secured.socket } : secured;
}

function describe({ statusCode = 0, headers }: IncomingMessage): Readonly<Record<string, Json>> {
  const shown = SHOWN_HEADERS.filter((name) => headers[name] !== undefined);
  return {
    status: statusCode,
    headers: Object.fromEntries(shown.map((name) => [name, String(headers[name])])),
  };
}

/**
 * Returns the URL of a redirect, or undefined. Credentials in the URL are kept only for the same
 * origin.
 */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const next = readUrl(headers.location ?? '', from);
  if (next?.origin === from.origin && next.username === '') {
    next.username = from.username;
    next.password = from.password;
  }
  return next;
}

function statusError(
  { statusCode = 0, statusMessage = '' }: IncomingMessage,
  { expect_status }: HttpParameters,
): StepError | undefined {
  const isRight = expect_status?.includes(statusCode) ?? statusCode < 400;
  if (isRight) return undefined;
  const expected = expect_status === undefined ? 'a status below 400' : expect_status.join(' or ');
  const message = `the server answers ${`${statusCode} ${statusMessage}`.trim()}, not ${expected}`;
  return { kind: 'unexpected', phase: 'query', code: String(statusCode), message };
}
