import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import { RELAY } from './relay-runbook.ts';
import type { OpenTerminal } from './terminal.ts';

/** Kim runs the relay; it waits to start. */
async function runningRelay(): Promise<{ readonly kim: Operator; readonly runs: OpenTerminal }> {
  const kim = newOperator();
  kim.writeRunbook('relay', RELAY);
  const runs = kim.open(['run', 'relay', '--step']);
  await runs.waitFor('── Next ──');
  return { kim, runs };
}

/** Somebody is asked, and can enter a command. */
const WAITS = `name: waits
title: It waits
summary: Something waits.
targets: { app: { local: true } }
steps:
  - { id: look, title: Look at it, manual: Look. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const LEE = { env: { RUNBOOK_OPERATOR: 'lee' } };

/** What the step printed, not the command that prints it. */
const PRINTED_FIRST = /^(?:.*│)? first *$/m;

/** Who came and went, as the record has it. */
function watchers(kim: Operator): readonly string[] {
  return kim.events('run.watched').map(({ operator, status }) => `${operator} ${status}`);
}

test('a run is followed to its end from another terminal, and nothing can be asked of it there', async () => {
  const { kim, runs } = await runningRelay();
  const watches = kim.open(['attach'], LEE);
  await watches.waitFor(/▸ Look at it[\s\S]*read-only · kim is asked/);
  await vi.waitFor(() => expect(watchers(kim)).toEqual(['lee attached']));
  watches.press('enter');
  watches.type('asn');
  await watches.waitFor('read-only · Several keys at once');
  runs.press('enter');
  await watches.waitFor(PRINTED_FIRST);
  await watches.waitFor(/▶ Look at it[\s\S]*read-only/);
  kim.writeWork('go', '');
  await runs.waitFor(/── Next ─[\s\S]*Fix it/);
  runs.press('enter');
  await runs.waitFor('Type relay to run it:');
  const gate = await watches.waitFor(/DESTRUCTIVE[\s\S]*echo fixed > fixed/);
  await vi.waitFor(() => expect(kim.events('gate.opened')).toHaveLength(1));
  expect(gate).toContain('It cannot be taken back.');
  expect(gate).not.toContain('to run it');
  watches.type('o');
  await watches.waitFor(/Look at it\s+1–[\s\S]*second/);
  watches.press('escape');
  await watches.waitFor('read-only · kim is asked');
  watches.type('relay');
  await watches.waitFor('read-only · Several keys at once');
  watches.press('enter');
  expect(kim.readWork('fixed')).toBe('');
  runs.type('relay');
  runs.press('enter');
  await runs.waitFor(/▸ Is it fixed\?/);
  await watches.waitFor(/▸ Is it fixed\?/);
  runs.press('enter');
  await watches.waitFor('RESOLVED');
  // A letter could still belong to the word that came at once.
  watches.press('ctrl-c');
  expect(await watches.exited).toEqual({ code: 0, signal: 0 });
  expect(watches.isAlternate).toBe(false);
  expect(watches.history().replaceAll(/\s+/g, ' ')).toMatch(/✓ relay resolved after/);
  const acted = kim
    .events('operator.acted')
    .map(({ operator, intent }) => `${operator} ${intent.type}`);
  expect(acted).toEqual(['kim continue', 'kim continue', 'kim continue']);
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toMatch(/- Watched by: lee on /);
});

test('what a command of the operator prints is followed while it runs', async () => {
  const kim = newOperator();
  kim.writeRunbook('waits', WAITS);
  kim.writeWork('log', 'seen in the log\n');
  const runs = kim.open(['run', 'waits', '--step']);
  await runs.waitFor('Is it done?');
  const watches = kim.open(['attach'], LEE);
  await watches.waitFor('read-only · kim is asked');
  runs.type('!');
  await runs.waitFor('Shell script on app');
  runs.type('cat log; sleep 60');
  runs.press('enter');
  await watches.waitFor(/read-only · kim is running it/);
  await watches.waitFor(/^(?:.*│)? seen in the log *$/m);
  watches.type('o');
  await watches.waitFor(/Command !1 on app[\s\S]*when this was opened[\s\S]*seen in the log/);
});

test('a watcher who leaves is recorded, and the run goes on', async () => {
  const { kim, runs } = await runningRelay();
  const watches = kim.open(['attach'], LEE);
  await watches.waitFor('read-only · kim is asked');
  watches.type('q');
  expect(await watches.exited).toEqual({ code: 0, signal: 0 });
  expect(watches.history().replaceAll(/\s+/g, ' ')).toMatch(
    /^You stopped watching .*-relay-\w+\. kim continues the run\. ?$/,
  );
  await vi.waitFor(() => expect(watchers(kim)).toEqual(['lee attached', 'lee detached']));
  expect(readdirSync(join(kim.runFolder(), 'watchers'))).toEqual([]);
  runs.press('enter');
  await runs.waitFor('▶ Look at it');
});

test('lines follow a run until it is left, and say so', async () => {
  const { kim, runs } = await runningRelay();
  const said = kim.run(['attach', '--plain'], LEE);
  await vi.waitFor(() => expect(watchers(kim)).toEqual(['lee attached']));
  runs.type('n');
  await runs.waitFor('Note');
  runs.type('seen at the door');
  runs.press('enter');
  await vi.waitFor(() => expect(kim.events('operator.noted')).toHaveLength(1));
  runs.type('q');
  await runs.waitFor('Pause the run?');
  runs.type('y');
  const { code, stdout, stderr } = await said;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^read-only: kim owns this run\. Ctrl-C stops watching\.\nA relay \(relay, high\)/,
  );
  expect(stdout).toMatch(
    /note by kim: seen at the door\n[\s\S]*paused: the operator left\n‖ relay/,
  );
  expect(await runs.exited).toEqual({ code: 7, signal: 0 });
  expect(await kim.run(['attach'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no run is in progress'),
  });
});

test('a run whose process is killed is not followed for ever', async () => {
  const { kim, runs } = await runningRelay();
  const watches = kim.open(['attach'], LEE);
  await watches.waitFor('read-only · kim is asked');
  runs.press('enter');
  await watches.waitFor(PRINTED_FIRST);
  runs.kill('SIGKILL');
  await runs.exited;
  // What a crash in the middle of a write leaves.
  appendFileSync(join(kim.runFolder(), 'journal.jsonl'), '{"seq":99,"at":');
  expect(await watches.exited).toEqual({ code: 5, signal: 0 });
  expect(watches.isAlternate).toBe(false);
  expect(watches.history().replaceAll(/\s+/g, ' ')).toMatch(
    /the process that ran it has gone[\s\S]*runbook resume .*-relay-/,
  );
  // It goes on past who followed it, and the record gets what nobody could write then.
  const again = kim.open(['resume']);
  await again.waitFor('▶ Look at it');
  await vi.waitFor(() => expect(watchers(kim)).toEqual(['lee attached', 'lee detached']));
});
