import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { findMariadb } from '../src/lab/mariadb-binaries.ts';
import type { Row, SqlResult } from '../src/runbook/value.ts';
import type { SqlAction } from '../src/safety/action.ts';
import type { ConnectionFacts, StepOutcome } from '../src/steps/executor.ts';
import { createMysqlExecutor, type MysqlExecutorOptions } from '../src/steps/mysql/executor.ts';

/** False where there is no MariaDB to start: `sh bin/test-servers.sh` says how to get one. */
export const hasMariadb = (await findMariadb()) !== undefined;

/** Runs statements the way a run does, for one test. */
export type Session = {
  /** Every connection that was made, the newest last. */
  readonly connections: readonly ConnectionFacts[];
  /** What the statements have put out, each piece after the name of its stream. */
  readonly output: readonly string[];
  run(text: string, parts?: Partial<SqlAction> & { signal?: AbortSignal }): Promise<StepOutcome>;
  /** Runs a read that has to succeed. */
  rows(text: string, parts?: Partial<SqlAction>): Promise<readonly Row[]>;
  close(): Promise<void>;
};

/** Opens a session that is closed when the test has finished. */
export function openSession(
  url: string,
  options: Partial<Omit<MysqlExecutorOptions, 'url' | 'onConnected'>> = {},
): Session {
  const connections: ConnectionFacts[] = [];
  const output: string[] = [];
  const executor = createMysqlExecutor({
    applicationName: 'runbook/test',
    ...options,
    url,
    onConnected: (facts) => connections.push(facts),
  });
  onTestFinished(() => executor.close());
  const run: Session['run'] = (text, { signal, ...parts } = {}) =>
    executor.execute(statement(text, parts), {
      signal: signal ?? new AbortController().signal,
      onOutput: (stream, chunk) => output.push(`${stream}: ${chunk}`),
    });
  return {
    connections,
    output,
    run,
    async rows(text, parts) {
      const outcome = await run(text, parts);
      if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
      return (outcome.result as unknown as SqlResult).rows;
    },
    close: () => executor.close(),
  };
}

function statement(text: string, parts: Partial<SqlAction>): SqlAction {
  return {
    kind: 'sql',
    target: 'db',
    text,
    values: [],
    readOnly: true,
    timeoutMs: 10_000,
    origin: [],
    ...parts,
  };
}

/** Another program's connection. */
export type OtherClient = {
  readonly connection: Connection;
  /** Runs a statement of that program and returns its rows. */
  ask<Found = Record<string, unknown>>(text: string): Promise<readonly Found[]>;
};

/** Opens a connection of another program, closed when the test has finished. */
export async function otherClient(url: string): Promise<OtherClient> {
  const connection = await mysql.createConnection(url);
  connection.on('error', () => {});
  onTestFinished(async () => connection.destroy());
  return {
    connection,
    async ask<Found>(text: string) {
      const [rows] = await connection.query<RowDataPacket[]>(text);
      return rows as unknown as readonly Found[];
    },
  };
}

/** Runs statements one after the other, on a connection of their own. */
export async function setUp(url: string, statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection(url);
  for (const text of statements) await connection.query(text);
  await connection.end();
}
