import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMariadb } from '#lab/servers/mariadb.ts';
import { findMysql, startMysql } from '#lab/servers/mysql.ts';
import { startPostgres } from '#lab/servers/postgres.ts';
import type { Template } from '#runbook/expression/template.ts';
import type { SqlBody } from '#runbook/kinds/sql.ts';
import { type ServerEngine, textsReachable } from '#runbook/model/engines.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { engineOfTarget } from '#runbook/model/target-definition.ts';
import { shipped, shippedNames } from '../../fixtures/compiled.ts';
import { because } from '../../support/because.ts';
import { hasMariadb } from '../../support/mysql-session.ts';

const { postgresFolder } = (await import(resolve('bin/fetched-folders.js'))) as {
  readonly postgresFolder: string;
};

/** Prepares a statement on a server, which then knows every name in it; returns what is wrong. */
type Prepare = (sql: string) => Promise<string | undefined>;

/** A statement of the library, with the runbooks that have it. */
type Statement = { readonly sql: string; readonly runbooks: readonly string[] };

const hasMysql = (await findMysql()) !== undefined;

const library = shippedNames().map((name) => shipped(name));

/** What migration tools create in the application's database. */
const MIGRATION_TABLES = [
  'CREATE TABLE schema_migrations (version bigint, dirty boolean)',
  'CREATE TABLE flyway_schema_history (version varchar(50), description varchar(200), success boolean)',
  `CREATE TABLE _prisma_migrations (migration_name varchar(255), finished_at timestamp NULL,
    rolled_back_at timestamp NULL)`,
  'CREATE TABLE knex_migrations_lock (is_locked int)',
  `CREATE TABLE DATABASECHANGELOGLOCK (id int, locked boolean, lockedby varchar(255),
    lockgranted timestamp NULL)`,
];

describe('every statement of the library can be prepared', () => {
  for (const major of ['13', '14', '15', '16', '17']) {
    const folder = join(postgresFolder, major);
    const isMissing = !existsSync(folder);
    const needs = because(isMissing && `needs PostgreSQL ${major}: bash bin/fetch-postgres.sh`);
    test.skipIf(isMissing)(`on PostgreSQL ${major}${needs}`, () => onPostgres({ folder }));
  }

  test('on the PostgreSQL that drills start', () => onPostgres('embedded'));

  test.skipIf(!hasMariadb)(`on MariaDB${because(!hasMariadb && 'there is none')}`, async () => {
    const server = await startMariadb();
    onTestFinished(() => server.stop());
    await prepareAll('mariadb', await mysqlPrepare(server.rootUrl));
  });

  test.skipIf(!hasMysql)(`on MySQL${because(!hasMysql && 'there is none')}`, async () => {
    const server = await startMysql();
    onTestFinished(() => server.stop());
    await prepareAll('mysql', await mysqlPrepare(server.rootUrl));
  });
});

async function onPostgres(binaries: 'embedded' | { readonly folder: string }): Promise<void> {
  const server = await startPostgres({ binaries });
  onTestFinished(() => server.stop());
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  onTestFinished(() => client.end());
  for (const table of MIGRATION_TABLES) await client.query(table);
  let named = 0;
  await prepareAll('postgres', async (sql) => {
    named += 1;
    try {
      await client.query(`PREPARE s${named} AS ${sql}`);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  });
}

async function mysqlPrepare(url: string): Promise<Prepare> {
  const connection = await mysql.createConnection(url);
  onTestFinished(() => connection.end());
  for (const text of ['CREATE DATABASE shop', 'USE shop', ...MIGRATION_TABLES])
    await connection.query(text);
  return async (sql) => {
    try {
      await connection.query<RowDataPacket[]>('PREPARE one FROM ?', [sql]);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
}

async function prepareAll(engine: ServerEngine, prepare: Prepare): Promise<void> {
  const statements = statementsFor(engine);
  expect(statements.length).toBeGreaterThan(20);
  const refused: string[] = [];
  for (const { sql, runbooks } of statements) {
    const problem = await prepare(sql);
    if (problem !== undefined) refused.push(`${runbooks.join(', ')}: ${problem}\n${sql}`);
  }
  expect(refused.join('\n\n')).toBe('');
}

/** The statements that read and write rows: only these name columns, and can be prepared everywhere. */
const OF_ROWS = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i;

function statementsFor(engine: ServerEngine): readonly Statement[] {
  const found = new Map<string, Set<string>>();
  for (const runbook of library)
    for (const template of templatesFor(engine, runbook)) {
      const sql = withParameters(template, engine === 'postgres' ? (n) => `$${n}` : () => '?');
      if (OF_ROWS.test(sql)) found.set(sql, (found.get(sql) ?? new Set()).add(runbook.name));
    }
  return Array.from(found, ([sql, runbooks]) => ({ sql, runbooks: [...runbooks] }));
}

function templatesFor(engine: ServerEngine, runbook: Runbook): readonly Template[] {
  return [...statementsIn(runbook, runbook)].flatMap(({ texts, target }) => {
    const where = runbook.targets.find(({ name }) => name === target);
    const reachable = textsReachable(texts, engineOfTarget(where));
    return reachable.flatMap(({ text, sentTo }) => (sentTo.includes(engine) ? [text] : []));
  });
}

/** Every statement of a runbook's own steps, previews, verifications and undos. */
function* statementsIn(part: unknown, runbook: Runbook): Generator<SqlBody> {
  if (typeof part !== 'object' || part === null) return;
  if ('texts' in part && 'effects' in part) yield part as SqlBody;
  else if (part === runbook || !('targets' in part))
    for (const inner of Object.values(part)) yield* statementsIn(inner, runbook);
}

/** The text as it is sent: values are parameters, and a row of them has a parameter a column. */
function withParameters({ text, placeholders }: Template, next: (n: number) => string): string {
  let sql = '';
  let at = 0;
  let sent = 0;
  for (const placeholder of placeholders) {
    sql += text.slice(at, placeholder.at);
    const columns = /\(([\w\s,]+)\)\s+IN\s*\($/i.exec(sql)?.[1]?.split(',').length ?? 1;
    const parameters = Array.from({ length: columns }, () => next(++sent)).join(', ');
    sql += columns > 1 ? `(${parameters})` : parameters;
    at = placeholder.at + placeholder.length;
  }
  return sql + text.slice(at);
}
