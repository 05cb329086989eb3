import type { Socket } from 'node:net';
import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import { formatDuration } from '#text/duration.ts';

/** The address of a connection. */
type Place = {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string | undefined;
};

/** Tracks the progress of a connection. Create it before anything else listens to the socket. */
export class MysqlGreeting {
  readonly #place: Place;
  #phase: 'dns' | 'tcp' | 'greeting' | 'greeted' = 'dns';
  #first: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, place: Place) {
    this.#place = place;
    socket.once('connectionAttempt', () => {
      this.#phase = 'tcp';
    });
    socket.once('connect', () => {
      this.#phase = 'greeting';
    });
    socket.once('data', (chunk: Buffer) => {
      this.#phase = 'greeted';
      this.#first = chunk.subarray(0, 80);
      if (this.foreignServer !== undefined) socket.destroy();
    });
  }

  /**
   * An error if the first bytes are not MySQL's, e.g. after a mix-up of ports: mysql2 waits for
   * more. Undefined for MySQL, or if nothing was received.
   */
  get foreignServer(): StepError | undefined {
    if (this.#first.length < 5 || isMysql(this.#first)) return undefined;
    const line = /^[\x20-\x7e]{4,}/.exec(this.#first.toString('latin1'))?.[0];
    return {
      kind: 'config',
      phase: 'tcp',
      message: `what answers on ${this.#where} is not MySQL${line === undefined ? '' : `: it says "${line}"`}`,
      hint: 'Are host and port the right ones?',
    };
  }

  /** Returns the error of a login that took too long, depending on its progress. */
  tooLate(timeoutMs: number, isInTls: boolean): StepError {
    const within = `within ${formatDuration(timeoutMs)}`;
    const late = (phase: ErrorPhase, message: string, hint?: string): StepError => ({
      kind: 'timeout',
      phase,
      message,
      ...(hint !== undefined && { hint }),
    });
    switch (this.#phase) {
      case 'dns':
        return late('dns', `no answer about the name ${this.#place.host} ${within}`);
      case 'tcp':
        return late(
          'tcp',
          `no connection to ${this.#where} ${within}`,
          'A firewall drops it, the host is away, or it has no room for more connections.',
        );
      case 'greeting':
        return late(
          'tcp',
          `${this.#where} accepted the connection and said nothing ${within}`,
          'The server hangs, or it is none: MySQL speaks first, where PostgreSQL and HTTP servers wait.',
        );
      case 'greeted':
        return isInTls
          ? late('tls', `${this.#where} did not get to TLS ${within}`)
          : late('auth', `${this.#where} did not answer the login ${within}`);
    }
  }

  get #where(): string {
    const { host, port, socketPath } = this.#place;
    return socketPath ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

/**
 * Tells whether bytes start a MySQL packet: number 0, with a greeting (protocol 10) or an error.
 */
function isMysql(first: Buffer): boolean {
  return first[3] === 0 && (first[4] === 10 || first[4] === 0xff);
}
