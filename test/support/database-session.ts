import { onTestFinished } from 'vitest';
import type { Row, SqlResult } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { DatabaseExecutorOptions } from '#steps/database/held-connection.ts';
import type { ConnectionFacts, Executor, StepOutcome } from '#steps/executor.ts';

/** What a statement is run with beside the action. */
type RunParts = { readonly signal?: AbortSignal; readonly expectedServer?: string | undefined };

/** Runs statements the way a run does, for one test. */
export type Session = {
  /** Every connection that was made, the newest last. */
  readonly connections: readonly ConnectionFacts[];
  /** What the server said beside its answers, each piece after the name of its stream. */
  readonly output: readonly string[];
  run(text: string, parts?: Partial<SqlAction> & RunParts): Promise<StepOutcome>;
  /** Runs a read that has to succeed. */
  rows(text: string, parts?: Partial<SqlAction>): Promise<readonly Row[]>;
  close(): Promise<void>;
};

/** What a session may be given beside its address. */
export type SessionOptions = Partial<Omit<DatabaseExecutorOptions, 'url' | 'onConnected'>>;

/** Opens a session on an executor that is made for it and closed when the test has finished. */
export function sessionOn(
  createExecutor: (options: DatabaseExecutorOptions) => Executor,
  url: string,
  options: SessionOptions = {},
): Session {
  const connections: ConnectionFacts[] = [];
  const output: string[] = [];
  const executor = createExecutor({
    applicationName: 'runbook/test',
    ...options,
    url,
    onConnected: (facts) => connections.push(facts),
  });
  onTestFinished(() => executor.close());
  const run: Session['run'] = (text, { signal, expectedServer, ...parts } = {}) =>
    executor.execute(statement(text, parts), {
      signal: signal ?? new AbortController().signal,
      expectedServer,
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
