import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A socket at which a drill can be asked to do something, by this user only. */
export type Door = {
  readonly path: string;
  close(): Promise<void>;
};

/** Opens a door: whoever comes says one word and is told what came of it, in one text. */
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

/** Says a word at a door and returns the answer; fails when nobody is there. */
export async function askDoor(path: string, word: string): Promise<string> {
  const caller = connect(path);
  caller.end(word);
  return await text(caller);
}
