import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Deadline } from './deadline.ts';
import { peerOf } from './first-bytes.ts';
import { networkError } from './network-error.ts';

/** An encrypted connection, or the reason why there is none. */
export type Secured =
  | { readonly socket: TLSSocket; readonly error?: undefined }
  | { readonly socket?: undefined; readonly error: StepError };

/**
 * Performs a TLS handshake on a connection. `serverName` is the name the certificate must contain.
 */
export async function handshake(
  socket: Socket,
  serverName: string,
  options: ConnectionOptions,
  deadline: Deadline,
): Promise<Secured> {
  const who = peerOf(socket);
  const settled = Promise.withResolvers<StepError | undefined>();
  const end = () => {
    const message = `the TLS handshake with ${who} did not finish`;
    settled.resolve(deadline.error({ phase: 'tls', message, hint: STUCK }));
  };
  deadline.signal.addEventListener('abort', end);
  if (deadline.signal.aborted) end();
  // SNI does not allow an IP address.
  const sent = isIP(serverName) === 0 ? { servername: serverName } : {};
  const secured = connect({ ...options, ...sent, host: serverName, socket });
  secured.on('error', (error) => settled.resolve(explainTls(error, who)));
  secured.once('secureConnect', () => settled.resolve(undefined));
  const error = await settled.promise;
  deadline.signal.removeEventListener('abort', end);
  if (error === undefined) return { socket: secured };
  secured.destroy();
  socket.destroy();
  return { error };
}

const STUCK = 'The server hangs, or large packets get lost on the way (MTU).';

type TlsRule = readonly [sign: RegExp, kind: 'tls' | 'unexpected', hint: string];

const UNKNOWN_CA =
  'Name the CA that signed it: ca of a probe, sslrootcert= of a PostgreSQL URL, ssl-ca= of a MySQL URL.';

const TLS_RULES: readonly TlsRule[] = [
  [
    /wrong version number|packet length too long|record layer failure|http request/i,
    'unexpected',
    'What answers does not speak TLS from the first byte: it is another service, or one that upgrades within its own protocol (engine postgres or mysql).',
  ],
  [
    /protocol version|unsupported protocol|version too low|no protocols available/i,
    'tls',
    'Client and server share no TLS version: see min_version and max_version, or ssl_min_protocol_version and ssl_max_protocol_version of a URL, and what the server allows.',
  ],
  [/no application protocol/i, 'tls', 'The server does not support the protocol that alpn names.'],
  [/self.signed|unable to (?:get|verify)/i, 'tls', UNKNOWN_CA],
  [/certificate required|bad certificate/i, 'tls', 'The server requires a client certificate.'],
  [
    /handshake failure|no shared cipher|no suitable/i,
    'tls',
    'Client and server share no cipher, or the server requires a client certificate.',
  ],
  [
    /dh key too small|ca md too weak|ee key too small/i,
    'tls',
    'The key of the server is too weak.',
  ],
];

const CLOSED =
  'The server takes TLS and then closes: look at its log, its certificate and its key. Direct TLS needs PostgreSQL 17.';

/** Explains a failed handshake, from the messages of OpenSSL and Node. */
export function explainTls(error: NodeJS.ErrnoException, who: string): StepError {
  const { kind, ...reported } = networkError(error, 'tls');
  if (isClosed(error))
    return {
      ...reported,
      kind: 'tls',
      message: `${who} closes the connection in the TLS handshake`,
      hint: CLOSED,
    };
  const said = `${error.code} ${error.message}`.replaceAll('_', ' ');
  const [, ruled, hint] = TLS_RULES.find(([sign]) => sign.test(said)) ?? [];
  return {
    ...reported,
    message: readable(error.message),
    kind: ruled ?? (kind === 'unknown' ? 'tls' : kind),
    ...(hint !== undefined && { hint }),
  };
}

/**
 * Returns OpenSSL's reason without its number, routine and file, no advice on starting Node, and no
 * list of addresses that is empty.
 */
function readable(message: string): string {
  const [, address] = /IP: (\S+) is not in the cert's list:\s*$/.exec(message) ?? [];
  if (address !== undefined) return `the certificate does not name the address ${address}`;
  const [, reason] = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/i.exec(message) ?? [];
  return (reason ?? message).replace(/; if the root CA is installed locally, .*$/, '').trim();
}

function isClosed({ code = '', message }: NodeJS.ErrnoException): boolean {
  return message.includes('before secure TLS connection') || /^(?:ECONNRESET|EPIPE)$/.test(code);
}
