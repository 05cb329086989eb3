import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a server on a free port of 127.0.0.1, stopped with its connections when the test is over. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** Starts a server that treats every connection the same way. */
export function endpoint(treat: (socket: Socket) => void): Promise<number> {
  return listen(createServer(treat));
}

/** Returns a port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const NEVER_ACCEPTS = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** Starts a server whose queue of connections is full, so that the kernel answers nobody any more. */
export async function fullBacklog(): Promise<number> {
  const program = spawn(process.execPath, ['-e', NEVER_ACCEPTS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  const [port] = (await once(program.stdout, 'data')) as [Buffer];
  const waiting = Array.from({ length: 4 }, () =>
    connect(Number(String(port)), '127.0.0.1').on('error', () => {}),
  );
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
  return Number(String(port));
}

const CLIENT_SSL = 0x0800;

/** Returns the first packet of a MySQL server that lets its clients in. */
export function mysqlGreeting(version: string, options: { readonly tls: boolean }): Buffer {
  const capabilities = 0xffff & ~(options.tls ? 0 : CLIENT_SSL);
  const payload = Buffer.concat([
    Buffer.of(10),
    Buffer.from(`${version}\0`),
    Buffer.from([7, 0, 0, 0]),
    Buffer.from('abcdefgh\0'),
    Buffer.of(capabilities & 0xff, capabilities >> 8, 45, 2, 0, 0xff, 0x81, 21),
    Buffer.alloc(10),
    Buffer.from('ijklmnopqrst\0mysql_native_password\0'),
  ]);
  return packet(0, payload);
}

/** Returns the packet with which a MySQL server refuses a client before its greeting. */
export function mysqlRefusal(errno: number, message: string): Buffer {
  return packet(
    0,
    Buffer.concat([Buffer.of(0xff, errno & 0xff, errno >> 8), Buffer.from(message)]),
  );
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, payload]);
}
