import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { newLogin } from '#steps/database/login.ts';
import { requestCancel } from '#steps/postgres/connection.ts';
import { Deadline } from '#steps/wire/deadline.ts';

/** Stands in for a server that gets a request to cancel; returns what sends it one. */
async function startCancelReceiver(onSocket: (socket: Socket) => void) {
  const receiver = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((done) => {
    receiver.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as { port: number };
  const loginOf = (mode: string) =>
    newLogin({
      url: `postgres://app@127.0.0.1:${port}/shop?sslmode=${mode}`,
      ...{ applicationName: 'cancel', env: {}, isHeld: true },
      deadline: new Deadline(5_000, new AbortController().signal),
    });
  return (mode: string) =>
    requestCancel({ login: loginOf(mode), processId: 1, secretKey: 2 }, 5_000);
}

test('a request to cancel goes through TLS where the session does', async () => {
  const received: string[] = [];
  const cancel = await startCancelReceiver((socket) => {
    socket.once('data', (chunk) => {
      received.push(chunk.toString('hex'));
      socket.destroy();
    });
  });
  await cancel('require');
  await cancel('disable');
  expect(received).toEqual(['0000000804d2162f', '0000001004d2162e0000000100000002']);
});

test('a request to cancel waits until a pooler has passed it on', async () => {
  const happened: string[] = [];
  const cancel = await startCancelReceiver((socket) => {
    socket.on('end', () => happened.push('given up'));
    socket.once('data', () =>
      setTimeout(() => {
        happened.push('passed on');
        socket.destroy();
      }, 100),
    );
  });
  await cancel('disable');
  expect(happened).toEqual(['passed on']);
});
