import { lookup as systemLookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { connect, isIP, type LookupFunction, Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';
import mysql, { type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';

/** A row as a driver returns it. */
export type ClientRow = Readonly<Record<string, unknown>>;

/** A client session on a server of the lab. */
export type Client = {
  /** The server's number of the session. */
  readonly id: number;
  /** Runs one statement and returns its rows. Rejects with the driver's error. */
  ask(sql: string): Promise<readonly ClientRow[]>;
  /** Returns whether the server or the network has ended the session. */
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
type OpenClient = (url: string, options: Required<ClientOptions>) => Promise<Client>;

/**
 * Logs in with the driver for the URL's scheme. Rejects with the driver's error. Of the URL's
 * parameters it supports those of TLS: `sslmode`, `sslrootcert`, `ssl_max_protocol_version` and,
 * for PostgreSQL, `sslnegotiation`.
 */
export async function openClient(url: string, options: ClientOptions = {}): Promise<Client> {
  const { name = 'shop-web', withinMs = 5_000, lookup = systemLookup } = options;
  const open: OpenClient = url.startsWith('postgres') ? openPostgresClient : openMysqlClient;
  return open(url, { name, withinMs, lookup: await lookedUp(new URL(url).hostname, lookup) });
}

/**
 * Looks a name up, and resolves with a lookup that has the answer; rejects as the lookup does. A
 * resolver has time limits of its own: those of a session are for the server.
 */
function lookedUp(host: string, lookup: LookupFunction): Promise<LookupFunction> {
  if (isIP(host.replaceAll(/[[\]]/g, '')) !== 0) return Promise.resolve(lookup);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => {
      if (error !== null) return reject(error);
      const all = typeof addresses === 'string' ? [{ address: addresses, family: 4 }] : addresses;
      const [first] = all;
      resolve((_, { all: isAll }, tell) =>
        isAll ? tell(null, all) : tell(null, first?.address ?? '', first?.family),
      );
    });
  });
}

/** Opens a session, runs one statement and ends the session. */
export function askOnce(
  url: string,
  sql: string,
  options?: ClientOptions,
): Promise<readonly ClientRow[]> {
  return askInOrder(url, [sql], options);
}

/** Opens a session, runs statements, ends the session, and returns the rows of the last one. */
export async function askInOrder(
  url: string,
  statements: readonly string[],
  options?: ClientOptions,
): Promise<readonly ClientRow[]> {
  const client = await openClient(url, options);
  try {
    let rows: readonly ClientRow[] = [];
    for (const statement of statements) rows = await client.ask(statement);
    return rows;
  } finally {
    await client.end();
  }
}

/** Formats an error as Node does for an uncaught one. */
export function errorLine(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** How long a server has for the end of a session: packets may be lost. */
const END_WITHIN_MS = 2_000;

/** Ends a session in order, or cuts it if there is no answer in time. Never rejects. */
async function endOrCut(end: Promise<unknown>, cut: () => void): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  // A driver may wait for its end forever, also once it is cut.
  const timer = setTimeout(() => {
    cut();
    resolve();
  }, END_WITHIN_MS);
  await Promise.race([end.catch(cut), late]);
  clearTimeout(timer);
}

/** Logs in to PostgreSQL, or to a pooler in front of it, through `pg`. */
const openPostgresClient: OpenClient = async (text, { name, withinMs, lookup }) => {
  const url = new URL(text);
  const tls = readClientTls(url);
  const direct = url.searchParams.get('sslnegotiation') === 'direct';
  url.search = '';
  const socket = new LookingUpSocket(lookup);
  const settings = {
    connectionString: url.href,
    application_name: name,
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    ssl: tls ?? false,
    ...(direct && { sslnegotiation: 'direct' as const }),
    stream: () => socket,
  };
  const driver = new pg.Client(settings);
  let lost = false;
  const noteLoss = () => {
    lost = true;
  };
  driver.on('error', noteLoss).on('end', noteLoss);
  try {
    await driver.connect();
  } catch (error) {
    void driver.end().catch(() => {});
    throw error;
  }
  const id = Reflect.get(driver, 'processID');
  let ending: Promise<void> | undefined;
  return {
    id: Number(id ?? 0),
    async ask(sql) {
      const result = await driver.query<ClientRow>(sql);
      return Array.isArray(result) ? [] : result.rows;
    },
    isLost: () => lost,
    end() {
      ending ??= endOrCut(driver.end(), () => socket.destroy());
      return ending;
    },
  };
};

type Lookup = Parameters<OpenClient>[1]['lookup'];

/** A socket with its own name lookup: pg connects by port and host alone. */
class LookingUpSocket extends Socket {
  readonly #lookup: Lookup;

  constructor(lookup: Lookup) {
    super();
    this.#lookup = lookup;
  }

  override connect(...args: readonly unknown[]): this {
    const [port, host] = args;
    return super.connect({ port: Number(port), host: String(host), lookup: this.#lookup });
  }
}

/** Logs in to MariaDB or MySQL through `mysql2`. */
const openMysqlClient: OpenClient = async (text, { name, withinMs, lookup }) => {
  const url = new URL(text);
  const tls = readClientTls(url);
  const host = url.hostname;
  const port = Number(url.port);
  const options: ConnectionOptions = {
    host,
    port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    connectTimeout: withinMs,
    connectAttributes: { program_name: name },
    ...(tls && { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
    stream: () => connect({ host, port, lookup }).setNoDelay(),
  };
  const driver = await mysql.createConnection(options);
  let lost = false;
  driver.on('error', () => {
    lost = true;
  });
  return {
    id: driver.threadId,
    async ask(sql) {
      const [rows] = await answered(driver.query<RowDataPacket[]>({ sql }), withinMs);
      return Array.isArray(rows) ? (rows as unknown as readonly ClientRow[]) : [];
    },
    isLost: () => lost,
    async end() {
      if (lost) driver.destroy();
      else await endOrCut(driver.end(), () => driver.destroy());
    },
  };
};

/**
 * Rejects like the driver if there is no answer in time. The driver's own timer outlives a session
 * that ends before its answer, and would keep the program alive.
 */
async function answered<T>(answer: Promise<T>, withinMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = Object.assign(new Error('Query inactivity timeout'), {
    code: 'PROTOCOL_SEQUENCE_TIMEOUT',
  });
  const timer = setTimeout(() => reject(late), withinMs).unref();
  return await Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** The TLS settings of a client; undefined for no TLS. */
type ClientTls = {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  readonly maxVersion?: SecureVersion;
};

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
};

/** Reads the TLS parameters of a connection URL, named as in libpq, for both drivers. */
function readClientTls(url: URL): ClientTls | undefined {
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  if (mode === 'disable') return undefined;
  const ca = url.searchParams.get('sslrootcert');
  const maxVersion = VERSIONS[url.searchParams.get('ssl_max_protocol_version') ?? ''];
  return {
    rejectUnauthorized: mode.startsWith('verify-'),
    ...(ca !== null && { ca: readFileSync(ca, 'utf8') }),
    ...(maxVersion !== undefined && { maxVersion }),
  };
}
