/** The supported database servers. */
export const SERVER_ENGINES = ['postgres', 'mysql', 'mariadb'] as const;
/** One of {@link SERVER_ENGINES}. */
export type ServerEngine = (typeof SERVER_ENGINES)[number];

/** The engines that a target can have: the servers, and PgBouncer's console. */
export const ENGINES = [...SERVER_ENGINES, 'pgbouncer'] as const;
/** One of {@link ENGINES}. */
export type Engine = (typeof ENGINES)[number];

/** The wire protocols; MariaDB has MySQL's. */
export type Protocol = 'postgres' | 'mysql';

/** The languages of statements, each with its own judge of effects. */
export type Dialect = 'postgres' | 'mysql' | 'console';

/**
 * The system tables, settings and commands that logins, preparations and the ends of sessions use:
 * a server can speak the protocol of another, and have none of them.
 */
export type Catalog = 'postgres' | 'mysql' | 'console';

/** The differences between engines that are data, not code. */
type EngineFacts = {
  readonly name: string;
  readonly protocol: Protocol;
  readonly dialect: Dialect;
  readonly catalog: Catalog;
  readonly port: number;
  /**
   * The schemes of its URLs without `+driver`, the usual one first. A console has none: its target
   * names it.
   */
  readonly schemes: readonly string[];
  /** Its console program. */
  readonly console: string;
  /** Whether a login without a database name opens the one named like its user. */
  readonly opensUserDatabase: boolean;
  /** The quotes around names and around texts in its SQL. */
  readonly quotes: { readonly name: string; readonly text: readonly string[] };
  /** The engine whose statement it runs if a step has none for it. */
  readonly sharesSqlOf?: Engine;
};

/** The usual port of PgBouncer, which speaks PostgreSQL's protocol. */
export const PGBOUNCER_PORT = 6432;

const MYSQL_QUOTES = { name: '`', text: ["'", '"'] };

/** The facts of every engine. A shared port or scheme belongs to the first engine that has it. */
export const ENGINE_FACTS: Readonly<Record<Engine, EngineFacts>> = {
  postgres: {
    name: 'PostgreSQL',
    protocol: 'postgres',
    dialect: 'postgres',
    catalog: 'postgres',
    port: 5432,
    schemes: ['postgres', 'postgresql'],
    console: 'psql',
    opensUserDatabase: true,
    quotes: { name: '"', text: ["'"] },
  },
  mysql: {
    name: 'MySQL',
    protocol: 'mysql',
    dialect: 'mysql',
    catalog: 'mysql',
    port: 3306,
    schemes: ['mysql', 'mysql2'],
    console: 'mysql',
    opensUserDatabase: false,
    quotes: MYSQL_QUOTES,
  },
  mariadb: {
    name: 'MariaDB',
    protocol: 'mysql',
    dialect: 'mysql',
    catalog: 'mysql',
    port: 3306,
    schemes: ['mariadb'],
    console: 'mariadb',
    opensUserDatabase: false,
    quotes: MYSQL_QUOTES,
    sharesSqlOf: 'mysql',
  },
  pgbouncer: {
    name: "PgBouncer's console",
    protocol: 'postgres',
    dialect: 'console',
    catalog: 'console',
    port: PGBOUNCER_PORT,
    schemes: [],
    console: 'psql',
    opensUserDatabase: false,
    quotes: { name: '"', text: ["'"] },
  },
};

/** The characters that quote names in the SQL of any engine. */
export const NAME_QUOTES = [...new Set(ENGINES.map((engine) => ENGINE_FACTS[engine].quotes.name))];

/** The characters that quote names or texts in the SQL of any engine. */
export const SQL_QUOTES: ReadonlySet<string> = new Set([
  ...NAME_QUOTES,
  ...ENGINES.flatMap((engine) => ENGINE_FACTS[engine].quotes.text),
]);

/** Returns the statement of several that an engine runs; `any` is for all of them. */
export function statementFor<Text>(
  texts: Readonly<Partial<Record<'any' | Engine, Text>>>,
  engine: Engine | undefined,
): Text | undefined {
  if (texts.any !== undefined || engine === undefined) return texts.any;
  const { sharesSqlOf } = ENGINE_FACTS[engine];
  return texts[engine] ?? (sharesSqlOf && texts[sharesSqlOf]);
}

/**
 * Returns the engines that the servers behind a target can have: a URL leads to any server of its
 * protocol that has the same SQL. All of them if the target's engine is unknown.
 */
export function enginesReachable(engine: Engine | undefined): readonly Engine[] {
  if (engine === undefined) return ENGINES;
  const { protocol, dialect } = ENGINE_FACTS[engine];
  return ENGINES.filter((one) => protocolOf(one) === protocol && dialectOf(one) === dialect);
}

/** One of the texts of a statement, and the servers that are sent it. */
export type ReachableText<Text> = {
  readonly text: Text;
  /** The engine whose dialect the text has; undefined if it is for any. */
  readonly engine: Engine | undefined;
  readonly sentTo: readonly Engine[];
};

/**
 * Returns every text of a statement that a server behind a target can be sent, each once. `engine`
 * is that of the target, if known before the run.
 */
export function textsReachable<Text>(
  texts: Readonly<Partial<Record<'any' | Engine, Text>>>,
  engine: Engine | undefined,
): readonly ReachableText<Text>[] {
  const reachable = enginesReachable(engine);
  if (texts.any !== undefined) return [{ text: texts.any, engine, sentTo: reachable }];
  const sent = new Map<Text, Engine[]>();
  for (const one of reachable) {
    const text = statementFor(texts, one);
    if (text !== undefined) sent.set(text, [...(sent.get(text) ?? []), one]);
  }
  return Array.from(sent, ([text, sentTo]) => ({ text, engine: sentTo[0], sentTo }));
}

/** Returns the engine a URL scheme names, without regard to case or SQLAlchemy's `+driver`. */
export function engineOfScheme(scheme: string): ServerEngine | undefined {
  const plain = scheme.toLowerCase().replace(/\+.*/, '');
  return SERVER_ENGINES.find((engine) => ENGINE_FACTS[engine].schemes.includes(plain));
}

/** Returns the schemes of database URLs. */
export function databaseSchemes(): readonly string[] {
  return SERVER_ENGINES.flatMap((engine) => ENGINE_FACTS[engine].schemes);
}

/** Returns the engine that the URL in a text names, e.g. of `postgres://${{ host }}/shop`. */
export function engineOfUrl(text: string): ServerEngine | undefined {
  const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(text)?.[1];
  return scheme === undefined ? undefined : engineOfScheme(scheme);
}

/** Returns the protocol of an engine. */
export function protocolOf(engine: Engine): Protocol {
  return ENGINE_FACTS[engine].protocol;
}

/** Returns the dialect of an engine. */
export function dialectOf(engine: Engine): Dialect {
  return ENGINE_FACTS[engine].dialect;
}

/** Returns the catalog of an engine. */
export function catalogOf(engine: Engine): Catalog {
  return ENGINE_FACTS[engine].catalog;
}

/** Returns the protocol that is usual on a port. */
export function protocolOfPort(port: number): Protocol | undefined {
  const engine = ENGINES.find((one) => ENGINE_FACTS[one].port === port);
  return engine && ENGINE_FACTS[engine].protocol;
}

/** Returns the default port of an engine. */
export function defaultPort(engine: string): number | undefined {
  return factsOf(engine)?.port;
}

/** The name under which every PgBouncer serves its console. */
export const CONSOLE_DATABASE = 'pgbouncer';

/** Returns whether an engine is a console: it has commands of its own, and no SQL. */
export function isConsole(engine: string | null | undefined): boolean {
  return factsOf(engine)?.dialect === 'console';
}

/** Returns whether an engine speaks MySQL's protocol. */
export function isMysqlLike(engine: string | null | undefined): boolean {
  return factsOf(engine)?.protocol === 'mysql';
}

/** Returns the display name of an engine, or the word itself if the engine is unknown. */
export function engineName(engine: string): string {
  return factsOf(engine)?.name ?? engine;
}

function factsOf(engine: string | null | undefined): EngineFacts | undefined {
  const known = ENGINES.find((one) => one === engine);
  return known && ENGINE_FACTS[known];
}

/** The oldest versions whose catalogs the library's statements read. */
const OLDEST: Partial<Readonly<Record<Engine, readonly [number, number]>>> = {
  postgres: [13, 0],
  mysql: [8, 0],
  mariadb: [10, 5],
};

/**
 * Returns a sentence about a server that is older than the library's statements need; undefined for
 * one that is not, and for one whose version is unknown.
 */
export function oldVersionNote(engine: string, version: string): string | undefined {
  const oldest = OLDEST[engine as Engine];
  const [major = Number.NaN, minor = 0] = version.split('.').map(Number);
  if (oldest === undefined || Number.isNaN(major)) return undefined;
  const [least, leastMinor] = oldest;
  if (major > least || (major === least && minor >= leastMinor)) return undefined;
  return `${engineName(engine)} ${version} is older than ${least}.${leastMinor}, the oldest version that the shipped runbooks know: some of their statements fail on it.`;
}
