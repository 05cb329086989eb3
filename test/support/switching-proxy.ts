import { createServer, connect as dial, type Socket } from 'node:net';
import { listen } from './fake-endpoints.ts';

/** A way to a server that can be made to lead to another one. */
export type SwitchingProxy = {
  readonly port: number;
  /** Connections made from now on lead to another server. */
  leadTo(port: number): void;
  /** Ends the connections that there are, as a failover does. */
  cut(): void;
};

/** Starts a proxy in front of a server, stopped when the test has finished. */
export async function startSwitchingProxy(port: number): Promise<SwitchingProxy> {
  const ends = new Set<Socket>();
  let target = port;
  const listening = await listen(
    createServer((client) => {
      const upstream = dial(target, '127.0.0.1');
      for (const end of [client, upstream]) {
        ends.add(end.on('error', () => {}));
        end.once('close', () => {
          client.destroy();
          upstream.destroy();
          ends.delete(end);
        });
      }
      client.pipe(upstream).pipe(client);
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
  };
}
