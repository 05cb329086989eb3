import { connect, createServer, type Socket } from 'node:net';

/** A line to a server over which every byte takes its time. */
export type SlowLine = {
  /** The URL of the server over this line. */
  readonly url: string;
  /** Returns how often a client waited for an answer since the last call. */
  trips(): number;
  close(): void;
};

/** Lays a line to the server of a URL on which bytes take `delayMs` each way. */
export async function layLine(url: string, delayMs: number): Promise<SlowLine> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let trips = 0;
  const line = createServer((client) => {
    const server = connect(Number(port), hostname);
    let isAsked = false;
    pass(client, server, delayMs, () => {
      isAsked = true;
    });
    pass(server, client, delayMs, () => {
      // A greeting, a notice and the end of a session are no answer that somebody waits for.
      if (isAsked) trips += 1;
      isAsked = false;
    });
    for (const socket of [client, server]) sockets.add(socket);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const address = line.address();
  const slow = new URL(url);
  slow.hostname = '127.0.0.1';
  slow.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: slow.href,
    trips() {
      const taken = trips;
      trips = 0;
      return taken;
    },
    close() {
      line.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function pass(from: Socket, to: Socket, delayMs: number, seen: () => void): void {
  from.setNoDelay(true);
  from.on('data', (bytes) => {
    seen();
    setTimeout(() => to.write(bytes), delayMs);
  });
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
}
