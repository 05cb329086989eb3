import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

/** A listener on this machine that is not a database. */
export type Endpoint = {
  readonly port: number;
  /** Closes it with all its connections. */
  close(): Promise<void>;
};

/** Starts a server that accepts connections and never answers. */
export function startSilentServer(): Promise<Endpoint> {
  return listen(createServer((socket) => socket.resume()));
}

/** Starts a minimal web server. */
export function startWebServer(): Promise<Endpoint> {
  return listen(createHttpServer((_request, response) => response.end('shop\n')));
}

/** Listens on a free port of an address and passes every connection to `treat`. */
export function startEndpoint(
  treat: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<Endpoint> {
  return listen(createServer(treat), host);
}

async function listen(server: Server, host = '127.0.0.1'): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
