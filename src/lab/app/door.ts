import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A Unix socket for requests to a drill, accessible to this user only. */
export type Door = {
  readonly path: string;
  close(): Promise<void>;
};

/** Opens the socket. Each client sends one word and receives one reply. */
export async function openDoor(
  path: string,
  answer: (word: string) => Promise<string>,
): Promise<Door> {
  const callers = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    callers.add(caller.on('error', () => {}));
    caller.once('close', () => callers.delete(caller));
    void text(caller)
      .then((word) => answer(word.trim()))
      .then(
        (reply) => caller.end(reply),
        () => caller.destroy(),
      );
  });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return {
    path,
    async close() {
      for (const caller of callers) caller.destroy();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}

/** Sends a word to the socket and returns the reply. Rejects if nothing listens there. */
export async function askDoor(path: string, word: string): Promise<string> {
  const caller = connect(path);
  caller.end(word);
  return await text(caller);
}
