import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { openMysqlClient } from './mysql.ts';
import { openPostgresClient } from './postgres.ts';

/** A row as a driver returns it. */
export type ClientRow = Readonly<Record<string, unknown>>;

/** A client session on a server of the lab. */
export type Client = {
  /** The server's number of the session. */
  readonly id: number;
  /** Runs one statement and returns its rows. Rejects with the driver's error. */
  ask(sql: string): Promise<readonly ClientRow[]>;
  /** Tells whether the server or the network has ended the session. */
  isLost(): boolean;
  /** Ends the session. Idempotent, even if the session is lost. */
  end(): Promise<void>;
};

/** The options of a session. */
export type ClientOptions = {
  /** The application name. @default shop-web */
  readonly name?: string;
  /** The timeout of the login and of every answer, in milliseconds. @default 5000 */
  readonly withinMs?: number;
  /** Resolves the host's name; the system's resolver if undefined. */
  readonly lookup?: LookupFunction;
};

/** Opens a session with a driver. */
export type OpenClient = (url: string, options: Required<ClientOptions>) => Promise<Client>;

/**
 * Logs in with the driver for the URL's scheme. Rejects with the driver's error. Of the URL's
 * parameters it supports those of TLS: `sslmode`, `sslrootcert`, `ssl_max_protocol_version` and,
 * for PostgreSQL, `sslnegotiation`.
 */
export function openClient(url: string, options: ClientOptions = {}): Promise<Client> {
  const { name = 'shop-web', withinMs = 5_000, lookup = systemLookup } = options;
  const open: OpenClient = url.startsWith('postgres') ? openPostgresClient : openMysqlClient;
  return open(url, { name, withinMs, lookup });
}

/** Opens a session, runs one statement and ends the session. */
export async function askOnce(
  url: string,
  sql: string,
  options?: ClientOptions,
): Promise<readonly ClientRow[]> {
  const client = await openClient(url, options);
  try {
    return await client.ask(sql);
  } finally {
    await client.end();
  }
}
