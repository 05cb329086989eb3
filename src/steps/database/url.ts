import { ENGINE_FACTS, engineOfScheme, type ServerEngine } from '#runbook/model/engines.ts';
import { decodePercent, splitUrl } from '#text/url.ts';

/** The parts of a database URL that may be shown: everything but the password. */
type DatabaseAddress = {
  readonly engine: ServerEngine;
  readonly host: string;
  readonly port: number;
  /** Null if the URL names none and, on PostgreSQL, no user whose name would be the default. */
  readonly database: string | null;
  readonly user: string | null;
  /** A description for people, e.g. `postgres app@db1:5432/shop`. */
  readonly description: string;
};

/** A database URL with everything needed to log in. */
export type DatabaseLogin = {
  readonly address: DatabaseAddress;
  readonly password: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * Parses a database URL leniently: characters of the password need not be encoded, and SQLAlchemy's
 * `+driver` is ignored. Returns undefined for any other text.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress | undefined {
  return parseDatabaseLogin(url)?.address;
}

/** Parses a database URL like {@link parseDatabaseUrl}, including the secret parts. */
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

function defaultDatabase(engine: ServerEngine, user: string | null): string | null {
  return ENGINE_FACTS[engine].opensUserDatabase ? user : null;
}

/** Describes a database for people, e.g. `postgres app@db1:5432/shop`. */
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
