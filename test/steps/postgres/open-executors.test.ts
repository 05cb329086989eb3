import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import type { Action } from '#safety/actions/action.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { type OpenExecutorsOptions, openExecutors } from '#steps/open-executors.ts';
import type { Environment } from '#steps/shell/environment.ts';
import { scriptAction } from '../../support/run-script.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

const SELECT: SqlAction = {
  kind: 'sql',
  target: 'db',
  text: `SELECT current_setting('application_name') AS name, pg_backend_pid() AS pid`,
  values: [],
  readOnly: true,
  timeoutMs: 5_000,
  origin: [],
};

function openRun(targets: OpenExecutorsOptions['targets'], env: Environment = process.env) {
  const connected: { target: string; description: string }[] = [];
  const executors = openExecutors({
    targets,
    runId: 'r1',
    env,
    onConnected: (target, { description }) => connected.push({ target, description }),
  });
  onTestFinished(() => executors.close());
  const run = async (
    action: Action,
    signal = new AbortController().signal,
  ): Promise<StepOutcome> => {
    const executor = await executors.executorFor(action);
    return executor.execute(action, { signal, onOutput: () => {} });
  };
  return { connected, run };
}

test('each action runs where its target is', async () => {
  const { connected, run } = openRun([
    { kind: 'local', name: 'here' },
    { kind: 'database', name: 'db', url: server.superuserUrl },
  ]);
  const script = scriptAction('echo "$0"', { target: 'here' });
  expect(await run(script)).toMatchObject({ status: 'succeeded' });
  expect(connected).toEqual([]);
  const first = await run(SELECT);
  expect(first).toMatchObject({ result: { rows: [{ name: 'runbook/r1' }] } });
  expect(await run(SELECT)).toEqual(first);
  expect(connected).toEqual([
    { target: 'db', description: `postgres postgres@127.0.0.1:${server.port}/postgres` },
  ]);
});

test('what is no database URL is a failure that says so', async () => {
  const { run } = openRun([{ kind: 'database', name: 'db', url: 'nonsense' }]);
  expect(await run(SELECT)).toMatchObject({
    status: 'failed',
    error: { kind: 'config', message: 'the address of "db" is not a database URL' },
  });
});

test('a target that cannot do what is asked is a failure', async () => {
  const { run } = openRun([{ kind: 'local', name: 'db' }]);
  expect(await run(SELECT)).toMatchObject({ status: 'failed', error: { kind: 'config' } });
  expect(await run({ ...SELECT, target: 'other' })).toMatchObject({ status: 'failed' });
});

test.each([
  [{ kind: 'ssh', name: 'app', destination: 'app@web-1' }, 'ssh'],
  [{ kind: 'docker', name: 'app', container: 'orders' }, 'docker'],
  [{ kind: 'kubernetes', name: 'app', workload: { kind: 'pod', name: 'orders' } }, 'kubectl'],
] as const)('a script runs through the client of its target: %o', async (target, client) => {
  const { run } = openRun([target], { PATH: temporaryFolder() });
  expect(await run(scriptAction('true', { target: 'app' }))).toMatchObject({
    status: 'failed',
    error: { kind: 'not_found', message: `${client} was not found on the PATH` },
  });
  expect(await run({ ...SELECT, target: 'app' })).toMatchObject({ error: { kind: 'config' } });
});

test('a pause lasts as long as asked, or until the operator ends it', async () => {
  const { run } = openRun([]);
  const pause = await run({ kind: 'wait', ms: 120 });
  expect(pause.status).toBe('succeeded');
  expect(pause.result?.ms).toBeGreaterThanOrEqual(115);
  const ended = run({ kind: 'wait', ms: 3_000_000_000 }, AbortSignal.timeout(50));
  expect(await ended).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
});
