import { createServer, connect as dial, type Socket } from 'node:net';
import { listen } from './fake-endpoints.ts';

/** A way to a server that can fall silent. */
export type SilentProxy = {
  readonly port: number;
  /** Forwards nothing any more and closes nothing, as a network that drops every packet. */
  fallSilent(): void;
};

/** Starts a proxy in front of a server, stopped when the test has finished. */
export async function startSilentProxy(port: number): Promise<SilentProxy> {
  const ends = new Set<Socket>();
  let isSilent = false;
  const listening = await listen(
    createServer((client) => {
      if (isSilent) return;
      const upstream = dial(port, '127.0.0.1');
      for (const end of [client, upstream]) {
        ends.add(end.on('error', () => {}));
        end.once('close', () => {
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream).pipe(client);
    }),
  );
  return {
    port: listening,
    fallSilent: () => {
      isSilent = true;
      for (const end of ends) end.unpipe().pause();
    },
  };
}
