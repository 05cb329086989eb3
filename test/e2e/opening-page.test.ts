import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';

const RUNBOOK = `name: tour
title: A tour
summary: Two reads and a change.
inputs:
  limit: { type: number, default: 3 }
steps:
  - { id: look, title: Look around, effect: read, shell: echo all is well }
  - { id: again, title: Look again, effect: read, shell: echo still well }
  - { id: write, title: Write it down, phase: fix, effect: change, shell: echo done > done }
  - { id: over, title: Over, phase: verify, finish: { outcome: resolved, summary: It is over. } }
`;

function kimWithTour(): Operator {
  const kim = newOperator();
  kim.writeRunbook('tour', RUNBOOK);
  return kim;
}

test('a run opens on one page, and Enter runs the reads up to the first decision', async () => {
  const kim = kimWithTour();
  const terminal = kim.open(['run', 'tour']);
  const page = await terminal.waitFor('⏎ start');
  expect(page).toContain('limit 3');
  expect(page).toMatch(/1 {2}Diagnose {2}2 read-only checks/);
  expect(page).toMatch(/2 {2}Fix {7}1 change \(each stops at its gate\)/);
  expect(page).toMatch(/⏎ start {2}s step by step {2}e edit {2}d the whole runbook/);
  expect(kim.events('step.started')).toEqual([]);
  terminal.press('enter');
  const gate = await terminal.waitFor('y run it');
  expect(gate).not.toContain('STEP');
  expect(kim.events('operator.acted').map(({ intent }) => intent)).toEqual([
    { type: 'auto', on: true },
  ]);
});

test('s on the page, and --step without it, make every step wait; a lets the rest run', async () => {
  const kim = kimWithTour();
  const terminal = kim.open(['run', 'tour']);
  await terminal.waitFor('⏎ start');
  terminal.type('s');
  const first = await terminal.waitFor('── Next ──');
  expect(first).toContain('STEP');
  expect(kim.events('step.started')).toEqual([]);
  terminal.press('enter');
  await terminal.waitFor('▸ Look again');
  terminal.type('a');
  await terminal.waitFor('y run it');
});

test('an Enter that was typed before the page was drawn starts nothing', async () => {
  const kim = kimWithTour();
  const terminal = kim.open(['run', 'tour']);
  terminal.press('enter');
  // Where the key came after the page was there, the page says that it ignored it.
  await terminal.waitFor(/⏎ start|Ignored: this has only just appeared/);
  terminal.type('d');
  await terminal.waitFor('· Write it down (CHANGE)');
  expect(kim.events('operator.acted')).toEqual([]);
});

test('at prompts one Enter starts as well, and --step asks before every step', async () => {
  const kim = kimWithTour();
  const terminal = kim.open(['run', 'tour', '--plain']);
  await terminal.waitFor('Enter start, ');
  expect(terminal.text()).toContain('limits: limit 3');
  terminal.press('enter');
  await terminal.waitFor('Run it?');
  const stepping = kim.open(['run', 'tour', '--plain', '--step']);
  await stepping.waitFor('Enter run, ');
});

test('a run that was left on the opening page opens there again', async () => {
  const kim = kimWithTour();
  const first = kim.open(['run', 'tour']);
  await first.waitFor('⏎ start');
  first.type('q');
  await first.waitFor('Pause the run?');
  first.type('y');
  expect((await first.exited).code).toBe(7);
  const again = kim.open(['resume']);
  await again.waitFor('⏎ start');
  again.press('enter');
  await again.waitFor('y run it');
});

const ON_A_SERVER = `name: tour
title: A tour
summary: Nothing to do.
inputs:
  database_url: { type: url, secret: true }
  error: { required: false }
  limit: { type: number, default: 3 }
targets:
  db: { database: "\${{ inputs.database_url }}" }
steps:
  - { id: look, title: Look around, effect: read, shell: echo all is well }
  - { id: over, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

test('the page tells the last run on the same server only, and an error beside its limits', async () => {
  const kim = newOperator({ HERE: 'postgres://kim:x@localhost:5432/shop' });
  kim.writeRunbook('tour', ON_A_SERVER);
  const error = 'requests fail: connect ECONNREFUSED 127.0.0.1:5432';
  const on = ['run', 'tour', '--input', `error=${error}`, '--input'];
  expect((await kim.run([...on, 'database_url=env:HERE'])).code).toBe(0);
  const here = kim.open([...on, 'database_url=env:HERE']);
  const page = await here.waitFor('Last run here: ');
  expect(page).toMatch(/Limits +limit 3\n/);
  expect(page).toMatch(/Error +requests fail: connect ECONNREFUSED 127\.0\.0\.1:5432/);
  const elsewhere = { THERE: 'postgres://kim:x@localhost:5433/shop' };
  const other = kim.open([...on, 'database_url=env:THERE'], { env: elsewhere });
  await other.waitFor('⏎ start');
  other.type('e');
  expect(await other.waitFor('database_url')).not.toContain('Last run here');
  expect(other.received).not.toContain('Last run here');
});

test('no server is contacted before Enter', async () => {
  let contacts = 0;
  const server = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has a port.
  const { port } = server.address() as AddressInfo;
  const kim = newOperator({ HERE: `postgres://kim:x@127.0.0.1:${port}/shop` });
  const reads = ON_A_SERVER.replace(
    'effect: read, shell: echo all is well',
    'on: db, sql: SELECT 1',
  );
  kim.writeRunbook('tour', reads);
  const terminal = kim.open(['run', 'tour', '--input', 'database_url=env:HERE']);
  await terminal.waitFor('⏎ start');
  expect(contacts).toBe(0);
  terminal.press('enter');
  await vi.waitFor(() => expect(contacts).toBeGreaterThan(0), 10_000);
  server.close();
});
