import type { Socket } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { mysqlError } from '../mysql/errors.ts';
import { connectTo } from './connect.ts';
import type { Deadline } from './deadline.ts';
import { type FirstBytes, firstBytes, peerOf } from './first-bytes.ts';
import { isWholePacket, type MysqlHello, readMysqlHello } from './mysql-hello.ts';
import { SSL_REQUEST } from './postgres-greeting.ts';
import { otherService } from './service.ts';

/** What a server that lets its clients in says of itself. */
export type MysqlGreeting = Extract<MysqlHello, { readonly version: string }>;

/** The greeting of a MySQL or MariaDB server with the bytes it came in, or why there is none. */
export type Greeted =
  | { readonly greeting: MysqlGreeting; readonly bytes: Buffer; readonly error?: undefined }
  | { readonly greeting?: undefined; readonly bytes?: undefined; readonly error: StepError };

/** A server that says nothing for longer may be another one. */
const SILENCE_MS = 1_000;
const LARGEST_PACKET = 4_096;

/**
 * Waits for the greeting that a MySQL or MariaDB server sends by itself. A server that stays silent is
 * asked on a second connection whether it is another one: the question would spoil this connection to
 * a MySQL server that is only slow.
 */
export async function readMysqlGreeting(socket: Socket, deadline: Deadline): Promise<Greeted> {
  let hello = await soonOrForeign(socket, deadline);
  while (hello.bytes !== undefined && isPartOfPacket(hello.bytes)) {
    const { bytes } = hello;
    const more = await firstBytes(socket, deadline);
    if (more.error !== undefined) return { error: more.error };
    hello = { bytes: Buffer.concat([bytes, more.bytes]) };
  }
  if (hello.error !== undefined) return { error: hello.error };
  const packet = readMysqlHello(hello.bytes);
  if (packet === undefined) return { error: wrongService(socket, hello.bytes) };
  if ('version' in packet) return { greeting: packet, bytes: hello.bytes };
  const { errno, message } = packet;
  return { error: mysqlError({ errno, message, sqlMessage: message }, 'connecting') };
}

/** Another service's text must not be taken for the length of a packet that is still to come. */
function isPartOfPacket(bytes: Buffer): boolean {
  if (bytes.length <= 4 || bytes.length > LARGEST_PACKET || isWholePacket(bytes)) return false;
  return (bytes[3] ?? 0) <= 1 && bytes.readUIntLE(0, 3) < LARGEST_PACKET;
}

/** Returns what the server sends first, or at once what else answers when it is asked. */
async function soonOrForeign(socket: Socket, deadline: Deadline): Promise<FirstBytes> {
  const silence = deadline.part(Math.min(SILENCE_MS, deadline.leftMs / 4));
  const soon = await firstBytes(socket, silence, 5);
  if (soon.error?.kind !== 'timeout') return soon;
  const late = firstBytes(socket, deadline, 5);
  const answered = await Promise.race([late, askWhoItIs(socket, deadline)]);
  return answered ?? late;
}

/** Returns the error that another service answers; undefined where that cannot be told. */
async function askWhoItIs(socket: Socket, deadline: Deadline): Promise<FirstBytes | undefined> {
  const { remoteAddress: host, remotePort: port } = socket;
  if (host === undefined || port === undefined) return undefined;
  const { socket: other } = await connectTo({ host, port }, deadline);
  if (other === undefined) return undefined;
  other.write(SSL_REQUEST);
  const { bytes } = await firstBytes(other, deadline);
  other.destroy();
  if (bytes === undefined || isPartOfPacket(bytes) || readMysqlHello(bytes) !== undefined)
    return undefined;
  return { error: wrongService(socket, bytes) };
}

function wrongService(socket: Socket, bytes: Buffer): StepError {
  return otherService(peerOf(socket), 'a MySQL or MariaDB server', bytes);
}

const CLIENT_PROTOCOL_41 = 0x0200;
const CLIENT_SSL = 0x0800;
const CLIENT_SECURE_CONNECTION = 0x8000;
const UTF8MB4 = 45;

/** Waits for the greeting and, where the server offers TLS, tells it that the handshake comes next. */
export async function askMysqlForTls(
  socket: Socket,
  deadline: Deadline,
): Promise<
  | { readonly offered: boolean; readonly version: string; readonly error?: undefined }
  | { readonly error: StepError }
> {
  const { greeting, error } = await readMysqlGreeting(socket, deadline);
  if (error !== undefined) return { error };
  const { version, offersTls } = greeting;
  if (offersTls) {
    const request = Buffer.alloc(36);
    request.writeUIntLE(32, 0, 3);
    request[3] = 1;
    request.writeUInt32LE(CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION, 4);
    request.writeUInt32LE(LARGEST_PACKET, 8);
    request[12] = UTF8MB4;
    socket.write(request);
  }
  return { offered: offersTls, version };
}
