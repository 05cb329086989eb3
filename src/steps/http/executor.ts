import type { IncomingMessage } from 'node:http';
import { EXIT, RunbookError } from '#errors.ts';
import { isOkStatus, kindOfStatus } from '#runbook/model/http-request.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { HttpAction } from '#safety/kinds/http.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { readAuthorities } from '../reach/authorities.ts';
import { Stages } from '../reach/stages.ts';
import { Deadline, roundMs } from '../wire/deadline.ts';
import { NO_WEB_URL, openWeb, webUrl } from './connection.ts';
import { exchange, type ReadBody, readBody } from './exchange.ts';

/** The bytes of an answer that are read. */
const MOST_READ = 1024 * 1024;
/** The characters of an answer that `result.text` keeps. */
const MOST_KEPT = 64 * 1024;

/**
 * Returns an executor for requests. Each has a connection of its own, with a verified certificate,
 * and is sent once; redirects are not followed. A change that was sent and got no whole answer is
 * `unknown`.
 */
export function createHttpExecutor(): Executor {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    async execute(action, context) {
      if (action.kind !== 'http') throw new TypeError(`a request cannot run ${action.kind}`);
      const signal = AbortSignal.any([context.signal, closing.signal]);
      const deadline = new Deadline(action.timeoutMs, signal);
      const outcome = timed(() => request(action, deadline, context));
      running.add(outcome);
      return outcome.finally(() => running.delete(outcome));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

async function timed(run: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const startedAt = performance.now();
  const outcome = await run();
  return { ...outcome, result: { ...outcome.result, ms: roundMs(performance.now() - startedAt) } };
}

async function request(
  action: HttpAction,
  deadline: Deadline,
  { mayStart, onOutput }: ExecuteContext,
): Promise<StepOutcome> {
  const url = webUrl(action.url);
  if (url === undefined) return { status: 'failed', error: NO_WEB_URL };
  const authorities = trusted(action.ca);
  if (!authorities.ok) return { status: 'failed', error: authorities.error };
  const opened = await openWeb(url, authorities.list, deadline, new Stages());
  if (opened.error !== undefined) return { status: 'failed', error: opened.error };
  const { socket } = opened;
  try {
    await mayStart?.();
    const answer = await exchange(socket, url, action, deadline);
    if (answer.error !== undefined) return unanswered(action, answer.error);
    const body = await readBody(answer.response, MOST_READ, deadline, (chunk) =>
      onOutput('stdout', chunk),
    );
    return outcomeOf(action, answer.response, body);
  } finally {
    socket.destroy();
  }
}

type Trusted =
  | { readonly ok: true; readonly list: readonly string[] | undefined }
  | { readonly ok: false; readonly error: StepError };

function trusted(ca: string | undefined): Trusted {
  try {
    return { ok: true, list: ca === undefined ? undefined : readAuthorities(ca) };
  } catch (error) {
    if (!(error instanceof RunbookError && error.exitCode === EXIT.environment)) throw error;
    return { ok: false, error: { kind: 'config', message: error.message } };
  }
}

/** A change that was sent may have happened, whatever came back. */
function unanswered(
  { readOnly }: HttpAction,
  error: StepError,
  result?: Readonly<Record<string, Json>>,
): StepOutcome {
  const status = readOnly ? 'failed' : 'unknown';
  return result === undefined ? { status, error } : { status, error, result };
}

function outcomeOf(action: HttpAction, response: IncomingMessage, body: ReadBody): StepOutcome {
  const { statusCode = 0 } = response;
  const result = resultOf(response, body);
  if (body.error !== undefined) return unanswered(action, body.error, result);
  if (isOkStatus(statusCode, action.okStatus)) return { status: 'succeeded', result };
  const error = statusError(response, body.text ?? '');
  return BY_A_PROXY.has(statusCode)
    ? unanswered(action, error, result)
    : { status: 'failed', error, result };
}

function resultOf(
  { statusCode = 0, headers }: IncomingMessage,
  { text, isTruncated, error }: ReadBody,
): Readonly<Record<string, Json>> {
  const isWhole = !isTruncated && error === undefined;
  const isCut = isTruncated || (text?.length ?? 0) > MOST_KEPT;
  return {
    status: statusCode,
    status_code: statusCode,
    // A cookie is a login, and no secret that is known and masked.
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        name === 'set-cookie' || value === undefined ? [] : [[name, String(value)]],
      ),
    ),
    json: isWhole && text !== null ? jsonIn(text) : null,
    text: text?.slice(0, MOST_KEPT).toWellFormed() ?? null,
    truncated: isCut,
  };
}

/** Returns a JSON object or list; null for any other text. */
function jsonIn(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A proxy answers these when it got no answer itself. */
const BY_A_PROXY: ReadonlySet<number> = new Set([502, 504]);

/** The longest first line of an answer that its error quotes. */
const LONGEST_QUOTE = 200;

function statusError(
  { statusCode = 0, statusMessage = '', headers: { location } }: IncomingMessage,
  text: string,
): StepError {
  const [line = ''] = text.trim().split('\n', 1);
  const isQuoted = line !== '' && line.length <= LONGEST_QUOTE && !line.startsWith('<');
  const answer = `${statusCode} ${statusMessage}`.trim();
  const message = `the server answers ${answer}${isQuoted ? `: ${line.trim()}` : ''}`;
  return {
    kind: kindOfStatus(statusCode),
    phase: 'query',
    code: String(statusCode),
    message,
    ...(location === undefined || statusCode < 300 || statusCode >= 400
      ? {}
      : { hint: `Redirects are not followed; this one leads to ${location}` }),
  };
}
