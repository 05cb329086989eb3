import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { requestCancel } from '#steps/postgres/connection.ts';

/** Stands in for a server that gets a request to cancel; returns how to reach it. */
async function startCancelReceiver(onSocket: (socket: Socket) => void) {
  const receiver = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((done) => {
    receiver.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as { port: number };
  return { host: '127.0.0.1', port, processId: 1, secretKey: 2 };
}

test('a request to cancel goes through TLS where the session does', async () => {
  const received: string[] = [];
  const target = await startCancelReceiver((socket) => {
    socket.once('data', (chunk) => {
      received.push(chunk.toString('hex'));
      socket.destroy();
    });
  });
  await requestCancel({ ...target, ssl: {} }, 5_000);
  await requestCancel({ ...target, ssl: false }, 5_000);
  expect(received).toEqual(['0000000804d2162f', '0000001004d2162e0000000100000002']);
});

test('a request to cancel waits until a pooler has passed it on', async () => {
  const happened: string[] = [];
  const target = await startCancelReceiver((socket) => {
    socket.on('end', () => happened.push('given up'));
    socket.once('data', () =>
      setTimeout(() => {
        happened.push('passed on');
        socket.destroy();
      }, 100),
    );
  });
  await requestCancel({ ...target, ssl: false }, 5_000);
  expect(happened).toEqual(['passed on']);
});
