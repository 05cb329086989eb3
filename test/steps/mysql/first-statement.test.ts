import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { hasMariadb } from '../../support/mysql-session.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TEXTS = "{ mysql: SELECT 'mysql' AS server, mariadb: SELECT 'mariadb' AS server }";

const CHANGE = "{ mysql: 'SET @was = ''mysql''', mariadb: 'SET @was = ''mariadb''' }";

const HEAD = `
name: first
title: First
summary: First
inputs: { url: { type: url }, other: { type: url, required: false } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
`;

const DONE =
  "  - { id: done, finish: { outcome: resolved, summary: 'It is ${{ targets.db.engine }}' } }";

const FIRST: Readonly<Record<string, string>> = {
  'a read': `  - { id: look, effect: read, sql: ${TEXTS} }`,
  'a change': `  - { id: act, effect: change, sql: ${CHANGE} }`,
  'a preview': `  - { id: act, effect: change, sql: ${CHANGE}, preview: { sql: ${TEXTS} } }`,
  'a verification': `  - id: act
    effect: change
    shell: "true"
    verify: { sql: ${TEXTS}, until: result.row.server == "mariadb" }`,
  'an undo': `  - { id: act, effect: change, shell: "true", undo: { sql: ${CHANGE} } }
  - { id: seen, manual: Look at it }`,
  'a wait': `  - { id: soon, wait: { sql: ${TEXTS}, until: result.row.server == "mariadb", within: 5s } }`,
  'branches side by side': `  - id: both
    parallel:
      - { id: one, sql: ${TEXTS} }
      - { id: two, sql: ${TEXTS} }`,
  'items one at a time': `  - { id: each, for_each: '[1, 2]', effect: read, sql: ${TEXTS} }`,
  'items at once': `  - { id: each, for_each: '[1, 2, 3]', concurrency: 2, effect: read, sql: ${TEXTS} }`,
};

describe.skipIf(!hasMariadb)('on MariaDB by a mysql: URL (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;

  beforeAll(async () => {
    server = await startMariadb();
  });

  afterAll(() => server.stop());

  test.each(Object.entries(FIRST))(
    '%s takes the text for MariaDB at first use',
    async (_, step) => {
      const events = await run(`${HEAD}${step}\n${DONE}\n`, server.rootUrl);
      const texts = events.flatMap((event) =>
        (event.type === 'step.started' || event.type === 'gate.opened') &&
        event.action.kind === 'sql'
          ? [event.action.text]
          : [],
      );
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.filter((text) => !text.includes("'mariadb'"))).toEqual([]);
      expect(events.filter(({ type }) => type === 'target.connected')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ outcome: 'resolved', summary: 'It is mariadb' });
      const started = events.filter((event) => event.type === 'step.started');
      const ended = events.filter((event) => event.type === 'step.finished');
      expect(ended.length).toBe(started.length);
    },
  );

  test('what a gate shows is what runs, and its digest is of that', async () => {
    const events = await run(`${HEAD}${FIRST['a change']}\n${DONE}\n`, server.rootUrl);
    const gate = events.find((event) => event.type === 'gate.opened');
    const connected = events.findIndex(({ type }) => type === 'target.connected');
    const change = events.find(
      (event) => event.type === 'step.started' && event.effect === 'change',
    );
    expect(gate && events.indexOf(gate)).toBeGreaterThan(connected);
    expect(change).toMatchObject({ action: gate?.action, digest: gate?.digest });
  });

  test('where nobody answers, the step fails as its statement would', async () => {
    const step = `  - { id: act, effect: change, sql: ${CHANGE} }`;
    const nowhere = 'mysql://root@127.0.0.1:1/mysql';
    const events = await run(`${HEAD}${step}\n${DONE}\n`, nowhere);
    expect(events.find((event) => event.type === 'step.settled')).toMatchObject({
      status: 'failed',
      error: { kind: 'refused', phase: 'tcp' },
    });
    expect(events.some(({ type }) => type === 'gate.opened')).toBe(false);
  });
});

/** Runs a runbook to its end: gates are confirmed, what can be undone is undone once. */
async function run(text: string, url: string): Promise<readonly RunEvent[]> {
  const store = runStore(join(temporaryFolder(), 'state'));
  const opened = await startRun(parsed(text, 'first'), {
    store,
    surroundings,
    given: { url },
    source: { file: 'first', text },
    attended: true,
    auto: true,
  });
  onTestFinished(() => opened.close());
  const answer = answers();
  opened.session.subscribe(({ event }) => {
    const intent = event === undefined ? undefined : answer(event.event);
    if (intent !== undefined) queueMicrotask(() => send(opened.session, intent));
  });
  opened.begin();
  await opened.session.ended;
  return readJournal(store.openRun(opened.id).journal).records.map(({ event }) => event);
}

/** Confirms every gate, undoes `act` once when asked for a report, and goes on. */
function answers(): (event: RunEvent) => Intent | undefined {
  let hasUndone = false;
  return (event) => {
    if (event.type === 'gate.opened') return { type: 'confirm', digest: event.digest };
    if (event.type !== 'operator.awaited') return;
    if (event.for === 'failure') return { type: 'abort', reason: 'enough' };
    if (event.for === 'stopped') return { type: 'continue' };
    if (event.for !== 'report') return;
    if (hasUndone) return { type: 'report', done: true, evidence: 'seen' };
    hasUndone = true;
    return { type: 'undo', step: 'act', reason: 'to try it' };
  };
}
