import type { IncomingMessage } from 'node:http';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { NO_WEB_URL, openWeb, webUrl } from '../../http/connection.ts';
import { exchange, readBody } from '../../http/exchange.ts';
import { readAuthorities } from '../../reach/authorities.ts';
import { Stages } from '../../reach/stages.ts';
import type { Deadline } from '../../wire/deadline.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';

type HttpParameters = ParametersOf<'http'>;

/** The bytes of a page that are kept. */
const LONGEST_BODY = 2_048;

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
  let url = webUrl(parameters.url);
  for (let followed = 0; url !== undefined; followed += 1) {
    const stages = new Stages();
    const report = (error?: StepError): ProbeReport => ({
      result: { ...found, redirects: followed, stages: stages.ms, failed_stage: stages.current },
      error,
    });
    const opened = await openWeb(url, authorities, deadline, stages);
    if (opened.error !== undefined) return report(opened.error);
    found.address = opened.address;
    stages.enter('query');
    const answer = await exchange(opened.socket, url, { method }, deadline);
    if (answer.error !== undefined) return report(answer.error);
    Object.assign(found, describe(answer.response));
    const next = followed < redirects ? redirectOf(answer.response, url) : undefined;
    const body = next === undefined ? await startOf(answer.response, deadline) : undefined;
    opened.socket.destroy();
    Object.assign(found, body?.found);
    if (next === undefined && body?.error !== undefined) return report(body.error);
    stages.enter(null);
    if (next === undefined) return report(statusError(answer.response, parameters));
    url = next;
  }
  return { result: found, error: NO_WEB_URL };
}

async function startOf(response: IncomingMessage, deadline: Deadline) {
  const { text, isTruncated, error } = await readBody(response, LONGEST_BODY, deadline);
  return { found: { body: text, body_truncated: isTruncated }, error };
}

const NOTHING_FOUND = {
  status: null,
  headers: {},
  body: null,
  body_truncated: false,
  address: null,
} as const satisfies Readonly<Record<string, Json>>;

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
  const next = webUrl(headers.location ?? '', from);
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
