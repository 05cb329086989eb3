import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CHILD = `
name: inner
title: Inner
summary: Inner
inputs: { url: { type: url } }
targets: { db: { database: '\${{ inputs.url }}', engine: postgres } }
steps:
  - { id: session, effect: read, sql: SELECT pg_backend_pid() AS pid }
  - { id: end, finish: { outcome: resolved, summary: '\${{ steps.session.row.pid }}' } }
`;

const PARENT = `
name: outer
title: Outer
summary: Outer
inputs: { url: { type: url } }
targets:
  db: { database: '\${{ inputs.url }}', engine: postgres }
  same: { database: '\${{ inputs.url }}', engine: postgres }
steps:
  - id: together
    parallel:
      - { id: slow, on: db, sql: 'SELECT pg_sleep(0.2), pg_backend_pid() AS pid' }
      - { id: fast, on: same, sql: SELECT pg_backend_pid() AS pid }
  - { id: inner, runbook: inner, with: { url: '\${{ inputs.url }}' } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

test('targets that lead to the same place share one connection, and take turns on it', async () => {
  const store = runStore(join(temporaryFolder(), 'state'));
  const run = await startRun(parsed(PARENT, 'outer', { inner: CHILD }), {
    store,
    surroundings,
    given: { url: server.superuserUrl },
    source: { file: 'outer', text: PARENT },
    attended: false,
    auto: true,
  });
  run.begin();
  await run.session.ended;
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  const { rows } = await client.query(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'runbook/${run.id}'`,
  );
  await client.end();
  await run.close();
  expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  const events = readJournal(store.openRun(run.id).journal).records.map(({ event }) => event);
  const pids = events.flatMap((event) => {
    const rows = event.type === 'step.finished' ? event.result?.rows : undefined;
    return (rows ?? []) as { pid: number }[];
  });
  const [{ pid }] = rows;
  expect(pids).toMatchObject([{ pid }, { pid }, { pid }]);
  expect(events.filter(({ type }) => type === 'target.connected')).toHaveLength(1);
});

const EDITED = `
name: edited
title: Edited
summary: Edited
inputs:
  url: { type: url }
  least: { type: number, default: 1 }
targets: { db: { database: '\${{ inputs.url }}', engine: postgres } }
steps:
  - { id: before, effect: read, sql: SELECT pg_backend_pid() AS pid }
  - { id: least, ask: { question: How many?, input: least } }
  - { id: after, effect: read, sql: 'SELECT pg_backend_pid() AS pid, \${{ inputs.least }}::int AS least' }
  - { id: where, ask: { question: Where?, input: url } }
  - { id: elsewhere, effect: read, sql: SELECT pg_backend_pid() AS pid }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;

test('an edited input leaves a connection alone unless the address is another', async () => {
  const store = runStore(join(temporaryFolder(), 'state'));
  const run = await startRun(parsed(EDITED, 'edited'), {
    store,
    surroundings,
    given: { url: server.superuserUrl },
    source: { file: 'edited', text: EDITED },
    attended: true,
    auto: true,
  });
  run.begin();
  const answered = async (step: string, value: string) => {
    await vi.waitFor(() =>
      expect(run.session.view().awaited).toMatchObject({ step, for: 'answer' }),
    );
    const answers = run.session.view().awaited?.seq;
    const intent = { type: 'answer', value } as const;
    expect(await run.session.submit({ intent, by: 'kim', answers })).toEqual({ accepted: true });
  };
  await answered('least', '7');
  const other = new URL(server.superuserUrl);
  other.pathname = '/template1';
  await answered('where', other.href);
  await run.session.ended;
  await run.close();
  const events = readJournal(store.openRun(run.id).journal).records.map(({ event }) => event);
  const pids = events.flatMap((event) => {
    const rows = event.type === 'step.finished' ? event.result?.rows : undefined;
    return ((rows ?? []) as { pid: number }[]).map(({ pid }) => pid);
  });
  expect(pids).toHaveLength(3);
  expect(pids[1]).toBe(pids[0]);
  expect(pids[2]).not.toBe(pids[0]);
  // What an edit lets the run forget of a server is told again.
  expect(events.filter(({ type }) => type === 'target.connected')).toHaveLength(3);
});
