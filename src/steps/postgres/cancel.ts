import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** A session to cancel, with the way to its server. */
export type CancelTarget = {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | false;
  readonly processId: number;
  readonly secretKey: number;
};

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/**
 * Asks the server to cancel a session's running statement, through a separate connection that takes
 * no slot. Resolves when the server has closed that connection, after which the request can no
 * longer hit a later statement, or after `withinMs`. pg's own `cancel` uses a deprecated field of
 * its client, has no TLS and does not report completion.
 */
export async function requestCancel(target: CancelTarget, withinMs: number): Promise<void> {
  const { host, port } = target;
  const socket = host.startsWith('/')
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect({ host, port });
  const timer = setTimeout(() => socket.destroy(), withinMs);
  // The end of the statement itself tells whether the request arrived.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.once('connect', () => {
    // Not `end`: a pooler treats a closed connection as a withdrawn request.
    if (target.ssl === false) socket.write(cancelRequest(target));
    else upgrade(socket, target, target.ssl);
  });
  await closed;
  clearTimeout(timer);
}

function upgrade(socket: Socket, target: CancelTarget, ssl: ConnectionOptions): void {
  socket.write(SSL_REQUEST);
  socket.once('data', () => {
    const secure = connectTls({ ...ssl, socket, host: target.host });
    secure.on('error', () => socket.destroy());
    secure.once('close', () => socket.destroy());
    secure.once('secureConnect', () => secure.write(cancelRequest(target)));
  });
}

function cancelRequest({ processId, secretKey }: CancelTarget): Buffer {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processId, 8);
  request.writeInt32BE(secretKey, 12);
  return request;
}
