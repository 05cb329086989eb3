import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Keeper } from '../servers/keeper.ts';
import type { Endpoint } from './endpoint.ts';
import { startInline } from './inline-program.ts';

/** Listens and then blocks, so that it never accepts a connection. */
const NEVER_ACCEPTS = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, server.address().port + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** With a backlog of 1 the kernel completes two handshakes and answers no other. */
const TAKEN = 2;
const WAITING = 4;

/** Starts a server with a full connection queue, so that the kernel answers no new connection. */
export async function startFullBacklog(keeper: Keeper): Promise<Endpoint> {
  const program = await startInline(keeper, {
    script: NEVER_ACCEPTS,
    logFile: join(keeper.folder, 'program.log'),
    stopSignal: 'SIGKILL',
  });
  const port = Number(program.said);
  const waiting = Array.from({ length: WAITING }, () =>
    connect(port, '127.0.0.1').on('error', () => {}),
  );
  await Promise.all(waiting.slice(0, TAKEN).map((socket) => once(socket, 'connect')));
  return {
    port,
    async close() {
      for (const socket of waiting) socket.destroy();
      await program.stop();
    },
  };
}
