import type { Socket } from 'node:net';
import type { Client } from 'pg';
import type { Login } from '../database/login.ts';
import type { DatabaseLogin } from '../database/url.ts';

/** The error that announced the end of a session while no statement was waiting. */
export type LastWords = { error?: unknown };

/** A session by PostgreSQL's protocol that has just logged in. */
export type NewSession = {
  readonly client: Client;
  /** The socket beneath TLS, if TLS is used. */
  readonly socket: Socket;
  readonly login: Login;
  readonly server: DatabaseLogin;
  readonly processId: number;
  readonly secretKey: number;
  readonly lastWords: LastWords;
};

/** Returns whether an error has a code, of the server or the system: pg's own complaints have none. */
export function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
