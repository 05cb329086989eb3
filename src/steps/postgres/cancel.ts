import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** A session to cancel, and how its server is reached. */
export type CancelTarget = {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | false;
  readonly processId: number;
  readonly secretKey: number;
};

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/**
 * Asks the server to cancel what a session is running, through a connection of its own that takes no
 * slot. Resolves when the server has closed that connection, after which the request can no longer
 * hit a later statement, or after `withinMs`. pg's own `cancel` uses a deprecated field of its
 * client, speaks no TLS and tells nobody when it is done.
 */
export async function requestCancel(target: CancelTarget, withinMs: number): Promise<void> {
  const { host, port } = target;
  const socket = host.startsWith('/')
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect({ host, port });
  const timer = setTimeout(() => socket.destroy(), withinMs);
  // The statement's own end tells whether the request arrived.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.once('connect', () => {
    // Not `end`: a pooler takes a closed connection for a request that is no longer wanted.
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
