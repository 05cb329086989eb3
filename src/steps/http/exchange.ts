import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpMethod } from '#runbook/model/http-request.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { decodePercent } from '#text/url.ts';
import type { Deadline } from '../wire/deadline.ts';
import { peerOf } from '../wire/first-bytes.ts';
import { networkError } from '../wire/network-error.ts';
import { otherService } from '../wire/service.ts';

/** The start of an answer, or the reason why there is none. */
type Answered =
  | { readonly response: IncomingMessage; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: StepError };

/** A request besides its URL. */
export type Sent = {
  readonly method: HttpMethod;
  /** By name; those that make the connection work are added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** Sends a request through an open connection, encrypted or not, and waits for the start of the answer. */
export async function exchange(
  socket: Socket,
  url: URL,
  { method, headers = {}, body }: Sent,
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
      ...headers,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
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
  asked.end(body);
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

/** The start of a body; with an error if it did not end. */
export type ReadBody = {
  /** Null if it is not text. */
  readonly text: string | null;
  readonly isTruncated: boolean;
  readonly error?: StepError | undefined;
};

/** Reads the body of an answer up to a number of bytes. */
export async function readBody(
  response: IncomingMessage,
  most: number,
  deadline: Deadline,
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<ReadBody> {
  const settled = Promise.withResolvers<StepError | undefined>();
  const chunks: Buffer[] = [];
  let length = 0;
  const end = () =>
    settled.resolve(deadline.error({ phase: 'query', message: 'the response did not end' }));
  deadline.signal.addEventListener('abort', end);
  if (deadline.signal.aborted) end();
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    onChunk(chunk);
    length += chunk.length;
    if (length > most) settled.resolve(undefined);
  });
  response.on('end', () => settled.resolve(undefined));
  response.on('aborted', () =>
    settled.resolve({ kind: 'reset', phase: 'query', message: 'the response was cut off' }),
  );
  response.on('error', (error) => settled.resolve(networkError(error, 'query')));
  const error = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  response.pause();
  const text = textOf(Buffer.concat(chunks).subarray(0, most));
  return { text, isTruncated: length > most, error };
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
