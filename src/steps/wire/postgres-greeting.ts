import type { Socket } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { postgresError } from '../postgres/errors.ts';
import type { Deadline } from './deadline.ts';
import { firstBytes, peerOf } from './first-bytes.ts';
import { otherService } from './service.ts';

/** The answer of a PostgreSQL server to a request for TLS, or the reason why there is none. */
type TlsAnswer =
  | { readonly offered: boolean; readonly error?: undefined }
  | { readonly offered?: undefined; readonly error: StepError };

/** The request for TLS in PostgreSQL's protocol. Most other services answer it with an error. */
export const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/** Requests TLS in PostgreSQL's protocol. If the server offers it, the handshake comes next. */
export async function askPostgresForTls(socket: Socket, deadline: Deadline): Promise<TlsAnswer> {
  socket.write(SSL_REQUEST);
  const { bytes, error } = await firstBytes(socket, deadline);
  if (error !== undefined) return { error };
  const answer = bytes.toString('latin1');
  if (answer === 'S' || answer === 'N') return { offered: answer === 'S' };
  const refusal = readPostgresRefusal(bytes);
  return { error: refusal ?? otherService(peerOf(socket), 'a PostgreSQL server', bytes) };
}

/**
 * Parses an error packet: some poolers refuse a client before it has identified itself. Returns
 * undefined for any other bytes.
 */
function readPostgresRefusal(bytes: Buffer): StepError | undefined {
  const text = bytes.toString('utf8');
  const isPacket = text.startsWith('E') && bytes.length > 5 && bytes.readInt32BE(1) < 100_000;
  if (!isPacket) return undefined;
  const fields = text.slice(5).split('\0');
  const field = (type: string) => fields.find((each) => each.startsWith(type))?.slice(1);
  const message = field('M');
  if (message === undefined) return undefined;
  return postgresError({ message, code: field('C'), detail: field('D') }, 'connecting');
}
