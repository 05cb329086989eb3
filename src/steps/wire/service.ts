import type { StepError } from '#runbook/model/step-error.ts';
import { readMysqlHello, startsLikeMysql } from './mysql-hello.ts';

const BANNERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^HTTP\/\d/, 'a web server (HTTP)'],
  [/^SSH-/, 'an SSH server'],
  [/^AMQP/, 'a RabbitMQ server (AMQP)'],
  [/^(?:-ERR|-NOAUTH|-DENIED|\+PONG)/, 'a Redis server'],
  [/^220[ -].*SMTP/i, 'a mail server (SMTP)'],
  [/^220[ -]/, 'an FTP or mail server'],
  [/^\* OK/, 'a mail server (IMAP)'],
  [/^\+OK/, 'a mail server (POP3)'],
];

/**
 * Describes the service that sends these first bytes, for people, e.g.
 * `an SSH server, which says "SSH-2.0-…"`.
 */
function describeService(bytes: Buffer): string {
  const hello = readMysqlHello(bytes);
  if (hello !== undefined && 'version' in hello)
    return `a ${hello.isMariadb ? 'MariaDB' : 'MySQL'} server (${hello.version})`;
  if (hello !== undefined) return 'a MySQL or MariaDB server';
  const text = bytes.toString('latin1', 0, 80);
  const line = /^[\x20-\x7e]{2,}/.exec(text)?.[0];
  const name = BANNERS.find(([pattern]) => pattern.test(text))?.[1] ?? binaryService(bytes);
  if (name !== undefined) return line === undefined ? name : `${name}, which says "${line}"`;
  if (line !== undefined) return `a server that says "${line}"`;
  return `a server that begins with the bytes ${bytes.toString('hex', 0, 8)}`;
}

/** Recognizes services whose first bytes are not text. */
function binaryService(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  const letter = String.fromCharCode(first ?? 0);
  const isTls = (first === TLS_ALERT || first === TLS_HANDSHAKE) && second === TLS_MAJOR_VERSION;
  if (isTls) return 'a server that speaks TLS from the first byte';
  if (bytes[3] === 0 && bytes[4] === X_PROTOCOL_NOTICE) return 'a MySQL server’s X protocol';
  const isAnswer = bytes.length === 1 && 'SN'.includes(letter);
  const isMessage = bytes.length > 5 && 'ER'.includes(letter) && second === 0;
  return isAnswer || isMessage ? 'a PostgreSQL server' : undefined;
}

const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 3;
const X_PROTOCOL_NOTICE = 0x0b;

/** Returns the error for a port on which another service answers than the expected one. */
export function otherService(who: string, wanted: string, bytes: Buffer): StepError {
  return {
    kind: 'unexpected',
    phase: 'tls',
    message: `${who} is not ${wanted} but ${describeService(bytes)}`,
    hint: 'Are host and port the right ones?',
  };
}

/**
 * Returns whether the first bytes that answer a PostgreSQL login are another service's. PostgreSQL
 * answers in binary; only its oldest error format is text, after an `E`.
 */
export function isOtherThanPostgres(bytes: Buffer): boolean {
  const isText = /^[\x20-\x7e]{4,}/.test(bytes.toString('latin1', 0, 80)) && bytes[0] !== 0x45;
  return isText || startsLikeMysql(bytes);
}
