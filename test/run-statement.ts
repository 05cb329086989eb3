import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Row, SqlResult } from '../src/runbook/value.ts';
import type { SqlAction } from '../src/safety/action.ts';
import type { ConnectionFacts, StepOutcome } from '../src/steps/executor.ts';
import {
  createPostgresExecutor,
  type PostgresExecutorOptions,
} from '../src/steps/postgres/executor.ts';

/** Runs statements the way a run does, for one test. */
export type Session = {
  /** Every connection that was made, the newest last. */
  readonly connections: readonly ConnectionFacts[];
  /** What the server said beside its answers. */
  readonly output: readonly string[];
  run(text: string, parts?: Partial<SqlAction> & { signal?: AbortSignal }): Promise<StepOutcome>;
  /** Runs a read that has to succeed. */
  rows(text: string, parts?: Partial<SqlAction>): Promise<readonly Row[]>;
  close(): Promise<void>;
};

/** Opens a session that is closed when the test has finished. */
export function openSession(
  url: string,
  options: Partial<Omit<PostgresExecutorOptions, 'url' | 'onConnected'>> = {},
): Session {
  const connections: ConnectionFacts[] = [];
  const output: string[] = [];
  const executor = createPostgresExecutor({
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

/** Opens a connection of another program, closed when the test has finished. */
export async function otherClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
