import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** The behavior of a name server for every query: an address, an error, or no answer. */
export type NameServerMood =
  | { readonly answer: string }
  | { readonly refuse: 'NXDOMAIN' | 'SERVFAIL' }
  | 'silent';

/** A name server with one address for every name, or a failure. */
type NameServer = {
  readonly host: string;
  /** The behavior from now on. */
  mood: NameServerMood;
  close(): Promise<void>;
};

const REFUSALS = { SERVFAIL: 2, NXDOMAIN: 3 } as const;
const HEADER_BYTES = 12;
const TYPE_A = 1;
const IN_USE = new Set(['EADDRINUSE']);

/** Starts a name server on port 53 of a free address of this machine's loopback network. */
export async function startNameServer(mood: NameServerMood): Promise<NameServer> {
  const { socket, host } = await bindSomewhere();
  const server = {
    host,
    mood,
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
  socket.on('message', (question, from) => {
    const reply = replyTo(question, server.mood);
    if (reply !== undefined) socket.send(reply, from.port, from.address);
  });
  return server;
}

/**
 * Binds a free loopback address. The C library's resolver uses port 53 only, so the address varies.
 */
async function bindSomewhere(): Promise<{ readonly socket: Socket; readonly host: string }> {
  for (let last = 53; ; last += 1) {
    const host = `127.0.53.${last}`;
    const socket = createSocket('udp4');
    try {
      socket.bind(53, host);
      await once(socket, 'listening');
      return { socket, host };
    } catch (error) {
      socket.close();
      if (!IN_USE.has((error as NodeJS.ErrnoException).code ?? '') || last > 200) throw error;
    }
  }
}

function replyTo(question: Buffer, mood: NameServerMood): Buffer | undefined {
  if (mood === 'silent' || question.length < HEADER_BYTES) return undefined;
  const end = endOfQuestion(question);
  const asksForA = question.readUInt16BE(end - 4) === TYPE_A;
  const records = 'answer' in mood && asksForA ? [addressRecord(mood.answer)] : [];
  const header = Buffer.from(question.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(0x8180 | ('refuse' in mood ? REFUSALS[mood.refuse] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end), ...records]);
}

/**
 * Returns the end of a query: a name is labels, each after its length, up to an empty one; the type
 * and class follow.
 */
function endOfQuestion(question: Buffer): number {
  let at = HEADER_BYTES;
  while (at < question.length && question[at] !== 0) at += (question[at] ?? 0) + 1;
  return at + 5;
}

/** Returns an A record for the queried name, with a TTL of 0. */
function addressRecord(address: string): Buffer {
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4]);
  return Buffer.concat([head, Buffer.from(address.split('.').map(Number))]);
}
