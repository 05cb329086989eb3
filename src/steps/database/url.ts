import { ENGINE_FACTS, type Engine, engineOfScheme } from '#runbook/model/engines.ts';
import { decodePercent, splitUrl } from '#safety/redaction/url.ts';

/** What may be said about the database a URL points to; never its password. */
export type DatabaseAddress = {
  readonly engine: Engine;
  readonly host: string;
  readonly port: number;
  /** Null when the URL names none and, on PostgreSQL, no user whose name it would have. */
  readonly database: string | null;
  readonly user: string | null;
  /** For people, e.g. `postgres app@db1:5432/shop`. */
  readonly description: string;
};

/** A database URL with all that is needed to log in. */
export type DatabaseLogin = {
  readonly address: DatabaseAddress;
  readonly password: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * Reads a database URL as people write it: characters of the password need not be encoded, and
 * SQLAlchemy's `+driver` is passed over. Returns undefined for what is no database URL.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress | undefined {
  return parseDatabaseLogin(url)?.address;
}

/** Reads a database URL like {@link parseDatabaseUrl}, the secret parts included. */
export function parseDatabaseLogin(url: string): DatabaseLogin | undefined {
  const parts = splitUrl(url.trim());
  const engine = engineOfScheme(parts?.scheme ?? '');
  if (parts === undefined || engine === undefined) return undefined;
  const parameters = Object.fromEntries(new URLSearchParams(parts.query.replaceAll('+', '%2B')));
  const port = Number(parameters.port ?? (parts.port || ENGINE_FACTS[engine].port));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const user = parameters.user ?? (decodePercent(parts.user) || null);
  const address = {
    engine,
    host: parameters.host ?? (decodePercent(parts.host) || 'localhost'),
    port,
    database: parameters.dbname ?? (decodePercent(parts.path) || defaultDatabase(engine, user)),
    user,
  };
  return {
    address: { ...address, description: describeDatabase(address) },
    password: parameters.password ?? (parts.password && decodePercent(parts.password)),
    parameters,
  };
}

function defaultDatabase(engine: Engine, user: string | null): string | null {
  return ENGINE_FACTS[engine].opensUserDatabase ? user : null;
}

/** Returns a database for people, e.g. `postgres app@db1:5432/shop`. */
export function describeDatabase(address: {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly database: string | null;
  readonly user: string | null;
}): string {
  const { engine, host, port, database, user } = address;
  const who = user === null ? '' : `${user}@`;
  return `${engine} ${who}${host.includes(':') ? `[${host}]` : host}:${port}/${database ?? ''}`;
}
