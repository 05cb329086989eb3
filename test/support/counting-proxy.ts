import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { startEndpoint } from '#lab/network/endpoint.ts';

/** A proxy before a server that counts how often its client waits for it. */
export type CountingProxy = {
  readonly url: string;
  /** Returns the round trips since the last call: a client that sends again after an answer. */
  taken(): number;
};

/** Starts a proxy before the server of a URL, closed when the test has finished. */
export async function startCountingProxy(url: string): Promise<CountingProxy> {
  let trips = 0;
  const { hostname, port } = new URL(url);
  const endpoint = await startEndpoint((client) => {
    let isAnswered = true;
    const server = connect(Number(port), hostname);
    server.on('error', () => client.destroy());
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
    client.on('data', (bytes) => {
      if (isAnswered) trips += 1;
      isAnswered = false;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      isAnswered = true;
      client.write(bytes);
    });
  });
  onTestFinished(() => endpoint.close());
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(endpoint.port);
  return {
    url: proxied.href,
    taken() {
      const taken = trips;
      trips = 0;
      return taken;
    },
  };
}
