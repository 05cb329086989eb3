import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { decodePercent } from '#safety/redaction/url.ts';
import type { Deadline } from '../../wire/deadline.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import { networkError } from '../../wire/network-error.ts';
import { otherService } from '../../wire/service.ts';

/** The start of an answer, or the reason why there is none. */
type Answered =
  | { readonly response: IncomingMessage; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: StepError };

const LONGEST_BODY = 2_048;

/** Requests a page through an open connection, encrypted or not. */
export async function requestPage(
  socket: Socket,
  url: URL,
  method: 'GET' | 'HEAD',
  deadline: Deadline,
): Promise<Answered> {
  const who = peerOf(socket);
  const settled = Promise.withResolvers<Answered>();
  const end = () => {
    const message = `${who} does not answer the request`;
    settled.resolve({ error: deadline.error({ phase: 'query', message }) });
  };
  deadline.signal.addEventListener('abort', end);
  if (deadline.signal.aborted) end();
  const asked = request({
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'user-agent': 'runbook',
      'accept-encoding': 'identity',
      connection: 'close',
    },
    ...(url.username !== '' && {
      auth: `${decodePercent(url.username)}:${decodePercent(url.password)}`,
    }),
    createConnection: () => socket,
  });
  asked.on('response', (response) => settled.resolve({ response }));
  asked.on('error', (error) => settled.resolve({ error: requestError(error, who) }));
  asked.end();
  const answered = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  if (answered.error !== undefined) socket.destroy();
  return answered;
}

function requestError(error: Error & { rawPacket?: Buffer }, who: string): StepError {
  const { rawPacket } = error;
  if (rawPacket !== undefined)
    return { ...otherService(who, 'a web server', rawPacket), phase: 'query' };
  return networkError(error, 'query');
}

/** Reads the start of a page; `body` is null if it is not text. */
export async function readBody(
  response: IncomingMessage,
  deadline: Deadline,
): Promise<{ readonly found: Readonly<Record<string, Json>>; readonly error?: StepError }> {
  const settled = Promise.withResolvers<StepError | undefined>();
  const chunks: Buffer[] = [];
  let length = 0;
  const end = () =>
    settled.resolve(deadline.error({ phase: 'query', message: 'the response did not end' }));
  deadline.signal.addEventListener('abort', end);
  if (deadline.signal.aborted) end();
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_BODY) settled.resolve(undefined);
  });
  response.on('end', () => settled.resolve(undefined));
  response.on('error', (error) => settled.resolve(networkError(error, 'query')));
  const error = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  response.pause();
  const found = {
    body: textOf(Buffer.concat(chunks).subarray(0, LONGEST_BODY)),
    body_truncated: length > LONGEST_BODY,
  };
  return error === undefined ? { found } : { found, error };
}

/** Decodes bytes as UTF-8, without a character cut at the end. Returns null for binary data. */
function textOf(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  for (let cut = 0; cut <= Math.min(3, bytes.length); cut += 1) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(
        bytes.subarray(0, bytes.length - cut),
      );
    } catch {}
  }
  return null;
}
