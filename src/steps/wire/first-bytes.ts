import type { Socket } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { nameOf } from './connect.ts';
import type { Deadline } from './deadline.ts';
import { networkError } from './network-error.ts';

/** The first bytes of a server, or the reason why there are none. */
export type FirstBytes =
  | { readonly bytes: Buffer; readonly error?: undefined }
  | { readonly bytes?: undefined; readonly error: StepError };

const SILENT =
  'The server hangs or is overloaded, or it is another service, which waits for its client to speak.';
const CLOSED =
  'A proxy without a server behind it, a server that is shutting down or refuses this host, or another service.';

/**
 * Waits until at least `count` bytes have arrived, and returns all that are available; fewer if no
 * more come. They are consumed: `unshift` returns them to the next reader.
 */
export async function firstBytes(
  socket: Socket,
  deadline: Deadline,
  count = 1,
): Promise<FirstBytes> {
  const settled = Promise.withResolvers<FirstBytes>();
  const who = peerOf(socket);
  const phase = 'tls' as const;
  let bytes = Buffer.alloc(0);
  const read = () => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read())
      bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= count) settled.resolve({ bytes });
  };
  const giveUp = (error: StepError) => settled.resolve(bytes.length > 0 ? { bytes } : { error });
  const close = () => {
    const message = `${who} takes the connection and closes it without an answer`;
    giveUp({ kind: 'reset', phase, message, hint: CLOSED });
  };
  const fail = (error: Error) => giveUp({ ...networkError(error, phase), hint: CLOSED });
  const end = () => {
    const message = `${who} takes the connection and sends nothing`;
    giveUp(deadline.error({ phase, message, hint: SILENT }));
  };
  deadline.signal.addEventListener('abort', end);
  socket.on('readable', read).on('end', close).on('error', fail).on('close', close);
  if (deadline.signal.aborted) end();
  else if (socket.errored !== null) fail(socket.errored);
  else if (socket.destroyed) close();
  const first = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  socket.off('readable', read).off('end', close).off('error', fail).off('close', close);
  return first;
}

/** Returns the peer of a socket, for people. */
export function peerOf({ remoteAddress, remotePort = 0 }: Socket): string {
  return remoteAddress === undefined
    ? 'the server'
    : nameOf({ host: remoteAddress, port: remotePort });
}
