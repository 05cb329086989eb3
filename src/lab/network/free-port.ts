import { createServer } from 'node:net';
import { environmentError } from '#errors.ts';

/**
 * Returns a port of 127.0.0.1 on which nothing currently listens. Throws an environment error if
 * there is none.
 */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once('error', fail).listen(0, '127.0.0.1', done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string')
    throw environmentError('there is no free port on 127.0.0.1');
  return address.port;
}
