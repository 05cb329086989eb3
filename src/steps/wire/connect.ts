import { connect, type Socket, type SocketConnectOpts } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { type Deadline, roundMs } from './deadline.ts';
import { networkError } from './network-error.ts';

/** A connection or an error, with the time it took. */
export type Connected =
  | { readonly ms: number; readonly socket: Socket; readonly error?: undefined }
  | { readonly ms: number; readonly socket?: undefined; readonly error: StepError };

const DROPPED =
  'A firewall drops the packets, nothing has that address, or its queue of connections is full.';

/** Connects to an address or a socket file. The caller closes the socket. */
export async function connectTo(place: SocketConnectOpts, deadline: Deadline): Promise<Connected> {
  const late = () =>
    deadline.error({ phase: 'tcp', message: `no answer from ${nameOf(place)}`, hint: DROPPED });
  if (deadline.signal.aborted) return { ms: 0, error: late() };
  const startedAt = performance.now();
  const settled = Promise.withResolvers<StepError | undefined>();
  const end = () => settled.resolve(late());
  deadline.signal.addEventListener('abort', end);
  const socket = connect(place);
  // The listener stays: an error between two stages is found by the next one.
  socket.on('error', (error) => settled.resolve(networkError(error, 'tcp')));
  socket.once('connect', () => settled.resolve(undefined));
  const error = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  const ms = roundMs(performance.now() - startedAt);
  if (error === undefined) return { ms, socket };
  socket.destroy();
  return { ms, error };
}

/** Formats an address for people, e.g. `[::1]:5432`. */
export function nameOf(place: SocketConnectOpts): string {
  if ('path' in place) return place.path;
  const { host = 'localhost', port } = place;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
