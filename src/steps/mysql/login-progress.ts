import type { Socket } from 'node:net';
import { defined } from '#runbook/model/defined.ts';
import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import { formatDuration } from '#text/duration.ts';
import { nameOf } from '../wire/connect.ts';
import { notMysql } from '../wire/service.ts';

/** The address of a connection. */
type Place = {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string | undefined;
};

/** Tracks the progress of a connection. Create it before anything else listens to the socket. */
export class LoginProgress {
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
    return notMysql(this.#first, this.#where);
  }

  /** Returns the error of a login that took too long, depending on its progress. */
  tooLate(timeoutMs: number, isInTls: boolean): StepError {
    const within = `within ${formatDuration(timeoutMs)}`;
    const late = (phase: ErrorPhase, message: string, hint?: string): StepError =>
      defined({ kind: 'timeout' as const, phase, message, hint });
    switch (this.#phase) {
      case 'dns':
        return late('dns', `no answer about the name ${this.#place.host} ${within}`);
      case 'tcp':
        return late(
          'tcp',
          `no connection to ${this.#where} ${within}`,
          'A firewall drops the packets, the host is down, or its connection queue is full.',
        );
      case 'greeting':
        return late(
          'tcp',
          `${this.#where} accepted the connection and sent nothing ${within}`,
          'The server hangs, or it is not MySQL: MySQL speaks first; PostgreSQL and HTTP servers wait.',
        );
      case 'greeted':
        return isInTls
          ? late('tls', `${this.#where} did not get to TLS ${within}`)
          : late('auth', `${this.#where} did not answer the login ${within}`);
    }
  }

  get #where(): string {
    const { host, port, socketPath } = this.#place;
    return nameOf(socketPath === undefined ? { host, port } : { path: socketPath });
  }
}
