import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import { resumeRun } from '#run/resume.ts';
import { importRun } from '#run/store/archive.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { send } from '../../support/send.ts';

/** Runs of earlier builds, killed at each kind of wait; `bin/released-runs.js` records them. */
const RELEASED = resolve(import.meta.dirname, '../../fixtures/released');

/** Reads of the recorded runs take seconds. */
const PATIENT = { timeout: 60_000 };

const WAITS = readdirSync(join(RELEASED, 'runbooks')).map((file) => file.replace('.yaml', ''));
const builds = readdirSync(RELEASED).filter((name) => /^[0-9a-f]{8}$/.test(name));
const archives = builds.flatMap((build) =>
  WAITS.filter((wait) => existsSync(join(RELEASED, build, `${wait}.runbook-run`))).map(
    (wait) => [build, wait] as const,
  ),
);

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

/** The table that the runs of statements are for. */
async function fill(): Promise<void> {
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  await client.query('DROP TABLE IF EXISTS orders');
  await client.query('CREATE TABLE orders (id int PRIMARY KEY, is_open bool NOT NULL)');
  await client.query('INSERT INTO orders VALUES (1, true), (2, true), (3, false)');
  await client.end();
}

/** Resumes a run, whose server is this test's now. */
async function resumed(build: string, wait: string) {
  const store = new MemoryStore();
  const file = join(RELEASED, build, `${wait}.runbook-run`);
  const { id } = await importRun(store, createReadStream(file));
  const { record, lines } = store.kept(id);
  onThisServer(lines);
  const recorded = await readRun(record);
  const others = [...recorded.children].map(([name, { text }]) => [name, text]);
  const { source } = recorded;
  const runbook = parsed(source.text, source.file, Object.fromEntries(others));
  const given = wait === 'gate-sql' ? { database_url: server.superuserUrl } : {};
  const run = await resumeRun(runbook, recorded, {
    ...{ store, surroundings, given, attended: true, answers: {} },
  });
  const before = recorded.records.length;
  const events = () => lines.map((line) => (JSON.parse(line.toString()) as RecordedEvent).event);
  return { run: await begun(run), before, events };
}

/** Writes the port of the test's server where that of the recorded one stood. */
function onThisServer(lines: Buffer[]): void {
  const first = JSON.parse(String(lines[0])) as RecordedEvent;
  const { port } = (first.event as EventOf<'run.started'>).targets[0] ?? {};
  if (typeof port !== 'number') return;
  let prev = NO_LINE;
  for (const [index, line] of lines.entries()) {
    const text = line.toString().replaceAll(String(port), String(server.port));
    const { seq, at, event } = JSON.parse(text) as RecordedEvent;
    const bytes = encodeLine({ seq, at, event }, prev);
    prev = hashLine(bytes);
    lines[index] = bytes;
  }
}

/** What an operator does at a question: an answer that goes on. */
function reply({ awaited, gate }: RunView): Intent {
  switch (awaited?.for) {
    case 'gate':
      return {
        type: 'confirm',
        digest: gate?.digest ?? '',
        ...(gate?.phrase && { phrase: gate.phrase }),
      };
    case 'answer':
      return { type: 'answer', value: awaited.choices?.[0] ?? '7' };
    case 'report':
      return { type: 'report', done: true, evidence: '' };
    case 'start':
      return { type: 'continue' };
    default:
      return { type: 'mark-done', evidence: 'It was looked at.' };
  }
}

test('there are fixtures of both builds, of every kind of wait that each knows', () => {
  expect(builds).toEqual(expect.arrayContaining(['12f3c40b', 'afdc7532']));
  const of = (build: string) => archives.filter(([one]) => one === build).length;
  // A runbook inside is none of its own, and `fields` came later than the first.
  expect([of('12f3c40b'), of('afdc7532')]).toEqual([WAITS.length - 1, WAITS.length - 2]);
});

describe.each(archives)('a run of the build %s left at %s', (build, wait) => {
  test('is resumed to its end, and no change runs twice or without a new gate', async () => {
    await fill();
    const { run, before, events } = await resumed(build, wait);
    const { session } = run;
    const asked: string[] = [];
    for (let at = -1; session.end === undefined; ) {
      await expect.poll(() => session.end ?? session.view().awaited?.for, PATIENT).toBeDefined();
      await expect
        .poll(() => session.end !== undefined || events().length > at, PATIENT)
        .toBe(true);
      const view = session.view();
      if (session.end !== undefined || view.awaited === undefined) continue;
      asked.push(view.awaited.for);
      at = events().length;
      send(session, reply(view));
    }
    await session.ended;
    await run.close();
    expect(session.end).toEqual({ status: 'finished', outcome: 'resolved' });
    expect(asked.length).toBeLessThan(9);
    const later = events().slice(before);
    const changes = (from: readonly RunEvent[]) =>
      from.flatMap((event) =>
        event.type === 'step.started' && event.effect !== 'read' && event.part === 'action'
          ? [event]
          : [],
      );
    const keys = changes(events()).map(({ step, item }) => `${step} ${item?.index ?? ''}`);
    expect(keys).toEqual([...new Set(keys)]);
    const opened = later.flatMap((event) => (event.type === 'gate.opened' ? [event.digest] : []));
    expect(changes(later).map(({ confirmed, digest }) => confirmed ?? digest)).toEqual(opened);
  });
});
