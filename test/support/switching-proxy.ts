import { createServer, connect as dial, type Socket } from 'node:net';
import { listen } from './fake-endpoints.ts';

/** A way to a server that can be made to lead to another one. */
export type SwitchingProxy = {
  readonly port: number;
  /** Connections made from now on lead to another server. */
  leadTo(port: number): void;
  /** Ends the connections that there are, as a failover does. */
  cut(): void;
  /** Keeps back what servers send, until {@link SwitchingProxy.release}. */
  hold(): void;
  release(): void;
  /** Returns the number of bytes that clients have sent. */
  sentBytes(): number;
};

/** Starts a proxy in front of a server, stopped when the test has finished. */
export async function startSwitchingProxy(port: number): Promise<SwitchingProxy> {
  const ends = new Set<Socket>();
  const pairs = new Map<Socket, Socket>();
  let target = port;
  let isHeld = false;
  let sent = 0;
  const listening = await listen(
    createServer((client) => {
      const upstream = dial(target, '127.0.0.1');
      for (const end of [client, upstream]) {
        ends.add(end.on('error', () => {}));
        end.once('close', () => {
          client.destroy();
          upstream.destroy();
          ends.delete(end);
          pairs.delete(upstream);
        });
      }
      pairs.set(upstream, client);
      client.on('data', ({ length }) => {
        sent += length;
      });
      client.pipe(upstream);
      if (!isHeld) upstream.pipe(client);
    }),
  );
  return {
    port: listening,
    leadTo: (other) => {
      target = other;
    },
    cut: () => {
      for (const end of ends) end.destroy();
    },
    sentBytes: () => sent,
    hold: () => {
      isHeld = true;
      for (const [upstream, client] of pairs) upstream.unpipe(client);
    },
    release: () => {
      isHeld = false;
      for (const [upstream, client] of pairs) upstream.pipe(client);
    },
  };
}
