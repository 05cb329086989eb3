import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { openMysqlClient } from './mysql.ts';
import { openPostgresClient } from './postgres.ts';

/** A row as a driver returns it. */
export type ClientRow = Readonly<Record<string, unknown>>;

/** One session of a program that uses a server of the lab. */
export type Client = {
  /** The server's own number of the session. */
  readonly id: number;
  /** Runs one statement and returns its rows; throws what the driver throws. */
  ask(sql: string): Promise<readonly ClientRow[]>;
  /** Tells whether the server or the network has ended the session. */
  isLost(): boolean;
  /** Ends the session; safe to call twice, and when it is lost. */
  end(): Promise<void>;
};

/** How a session is opened. */
export type ClientOptions = {
  /** What the session calls itself. @default shop-web */
  readonly name?: string;
  /** Longest wait for the login and for every answer, in milliseconds. @default 5000 */
  readonly withinMs?: number;
  /** Resolves the host's name; the machine's own resolver when left out. */
  readonly lookup?: LookupFunction;
};

/** What every driver is told. */
export type OpenClient = (url: string, options: Required<ClientOptions>) => Promise<Client>;

/**
 * Logs in through the driver for the URL's scheme; throws what the driver throws. Of the URL's
 * parameters those of TLS are understood: `sslmode`, `sslrootcert`, `ssl_max_protocol_version` and,
 * for PostgreSQL, `sslnegotiation`.
 */
export function openClient(url: string, options: ClientOptions = {}): Promise<Client> {
  const { name = 'shop-web', withinMs = 5_000, lookup = systemLookup } = options;
  const open: OpenClient = url.startsWith('postgres') ? openPostgresClient : openMysqlClient;
  return open(url, { name, withinMs, lookup });
}

/** Opens a session, asks once and ends it. */
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
