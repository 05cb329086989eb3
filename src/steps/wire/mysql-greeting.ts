import type { Socket } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { mysqlError } from '../mysql/errors.ts';
import { connectTo } from './connect.ts';
import type { Deadline } from './deadline.ts';
import { type FirstBytes, firstBytes, peerOf } from './first-bytes.ts';
import { CLIENT_SSL, isWholePacket, type MysqlHello, readMysqlHello } from './mysql-hello.ts';
import { SSL_REQUEST } from './postgres-greeting.ts';
import { otherService } from './service.ts';

/** The greeting of a server that accepts clients. */
type MysqlGreeting = Extract<MysqlHello, { readonly version: string }>;

/** The greeting of a MySQL or MariaDB server with its bytes, or the reason why there is none. */
export type Greeted =
  | { readonly greeting: MysqlGreeting; readonly bytes: Buffer; readonly error?: undefined }
  | { readonly greeting?: undefined; readonly bytes?: undefined; readonly error: StepError };

/** After this silence, the server may be another service. */
const SILENCE_MS = 1_000;
const LARGEST_PACKET = 4_096;

/**
 * Waits for the greeting that a MySQL or MariaDB server sends first. Unless `isAsked` is
 * false, a silent server is queried on a second connection to detect another service: the query would break this connection if it is a
 * slow MySQL server.
 */
export async function readMysqlGreeting(
  socket: Socket,
  deadline: Deadline,
  { isAsked = true }: { readonly isAsked?: boolean } = {},
): Promise<Greeted> {
  let hello = await (isAsked ? soonOrForeign(socket, deadline) : firstBytes(socket, deadline, 5));
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

/**
 * Returns whether the rest of a packet is still to come. Another service's text must not pass for a
 * length.
 */
function isPartOfPacket(bytes: Buffer): boolean {
  if (bytes.length <= 4 || bytes.length > LARGEST_PACKET || isWholePacket(bytes)) return false;
  return (bytes[3] ?? 0) <= 1 && bytes.readUIntLE(0, 3) < LARGEST_PACKET;
}

/**
 * Returns the server's first bytes, or the error of another service as soon as that is detected.
 */
async function soonOrForeign(socket: Socket, deadline: Deadline): Promise<FirstBytes> {
  const silence = deadline.part(Math.min(SILENCE_MS, deadline.leftMs / 4));
  const soon = await firstBytes(socket, silence, 5);
  if (soon.error?.kind !== 'timeout') return soon;
  const late = firstBytes(socket, deadline, 5);
  const answered = await Promise.race([late, askWhoItIs(socket, deadline)]);
  return answered ?? late;
}

/** Returns an error if another service answers; undefined if that cannot be determined. */
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
const CLIENT_SECURE_CONNECTION = 0x8000;
const UTF8MB4 = 45;

/** Waits for the greeting and, if the server offers TLS, requests the handshake. */
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
