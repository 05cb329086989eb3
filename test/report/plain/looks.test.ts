import { expect, test, vi } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Row } from '#runbook/model/value.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { sent, talk } from '../../fixtures/plain-talk.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';
import * as troubles from '../../fixtures/trouble-log.ts';

const BELL = '\u0007';

function isGate(event: RunEvent): event is EventOf<'gate.opened'> {
  return event.type === 'gate.opened';
}

test('d shows all about what is asked, and asks again', async () => {
  const talking = talk(story.atGate);
  await talking.answer('Type shop to run it', 'd');
  await vi.waitFor(() => expect(talking.shown().match(/digest sha256:9b1e/g)).toHaveLength(2));
  await vi.waitFor(() => expect(talking.shown()).toMatch(/found: 17 of 17 usable[\s\S]*Type shop/));
  expect(talking.shown()).not.toContain('Nothing was run.');
  await talking.answer('Type shop to run it', 'shop');
  const confirm = { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' };
  expect(await sent(talking, story.atGate)).toEqual([confirm]);
});

test('what is no key does nothing, and says so without repeating it', async () => {
  const talking = talk(story.atSecondStart);
  await talking.answer('Enter run', 'l 3');
  await vi.waitFor(() =>
    expect(talking.shown()).toContain('That is not one of the keys: nothing was done.'),
  );
  // The terminal's own echo is the only one.
  expect(talking.shown().split('l 3')).toHaveLength(2);
  await talking.answer('Enter run', '');
  expect(await sent(talking, story.atSecondStart)).toEqual([{ type: 'continue' }]);
});

test('d says again what a decision is about, and why the step is there', async () => {
  const talking = talk(troubles.atDecision);
  await talking.answer('d details', 'd');
  await vi.waitFor(() =>
    expect(talking.shown().match(/Are free slots back\? \(/g)).toHaveLength(1),
  );
  expect(
    talking.shown().match(/1 {2}Resolved · Free slots are back, if result\.row\.free >= 5/g),
  ).toHaveLength(2);
});

test('o shows all that a step printed', async () => {
  const text = Array.from({ length: 60 }, (_, index) => `entry ${index + 1}\u001b[2J`).join('\n');
  const files = { 'output/app_log-1-action-1.stdout': text };
  const talking = talk(questions.afterShell, { files });
  await talking.answer('o output', 'o');
  await vi.waitFor(() => expect(talking.shown()).toContain('entry 60'));
  expect(talking.shown()).toMatch(/stdout: 3600 bytes\n +entry 1\S*\n +entry 2/);
  expect(talking.shown().split('stdout: 3600 bytes')[1]).not.toContain('\u001b[2J');
  await talking.answer('Enter run', '');
  expect(await sent(talking, questions.afterShell)).toEqual([{ type: 'continue' }]);
});

test('o says that no output yet', async () => {
  const talking = talk(story.atFirstStart);
  await talking.answer('o output', 'o');
  await vi.waitFor(() => expect(talking.shown()).toContain('no output yet'));
});

test.each([
  ['rings when the run has gone by itself for a while', 3_000, 1],
  ['is silent for who has just answered', 2_999, 0],
])('the bell %s', async (_, ms, rings) => {
  let now = 1_000;
  const talking = talk(questions.runningShell, { clock: () => now });
  now += ms;
  talking.run.goOn(questions.afterShell);
  await vi.waitFor(() => expect(talking.shown()).toContain('Enter run'));
  expect(talking.shown().split(BELL)).toHaveLength(1 + rings);
  // The time a person takes to answer is no time the run went by itself.
  now += 60_000;
  await talking.answer('Enter run', 'z');
  await vi.waitFor(() =>
    expect(talking.shown()).toMatch(/: .*z\s+That is not one[^\n]*\n[\s\S]*Enter run/),
  );
  expect(talking.shown().split(BELL)).toHaveLength(1 + rings);
});

test('the bell rings at the end of a run that went by itself', async () => {
  let now = 1_000;
  const talking = talk(story.verifying, { clock: () => now });
  now += 5_000;
  talking.run.goOn(
    story.verifying.add({ type: 'run.finished', outcome: 'resolved', summary: 'Over.' }),
  );
  await talking.over;
  await vi.waitFor(() => expect(talking.shown()).toContain(BELL));
});

/** Returns a run at the gate of the story, with other rows. */
function atGateOf(columns: readonly string[], rows: readonly Row[]): EventLog {
  const gate = story.atGate.events.map(({ event }) => event).find(isGate);
  if (gate?.preview === undefined) throw new Error('the gate shows no rows');
  return story.atChangeStart.add(
    { ...gate, preview: { ...gate.preview, columns, rows } },
    { type: 'operator.awaited', step: gate.step, for: 'gate', can: ['confirm', 'leave'] },
  );
}

test('a gate shows every row that a change will hit', async () => {
  const rows = Array.from({ length: 60 }, (_, index) => ({ pid: 4_000 + index }));
  const talking = talk(atGateOf(['pid'], rows));
  await vi.waitFor(() => expect(talking.shown()).toContain('Type shop to run it'));
  for (const { pid } of rows) expect(talking.shown()).toContain(String(pid));
});

test('a gate lists many rows in groups, and each of them in its details', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    pid: 4_000 + index,
    state: index < 3 ? 'active' : 'idle',
    database: 'shop',
  }));
  const talking = talk(atGateOf(['pid', 'state', 'database'], rows));
  await vi.waitFor(() => expect(talking.shown()).toContain('Type shop to run it'));
  expect(talking.shown()).toMatch(/a +3 +4000 … +active\n +b +37 +4003 … +idle\n/);
  expect(talking.shown()).toContain('in all rows: database shop');
  expect(talking.shown()).not.toContain('4039');
  await talking.answer('Type shop', 'd');
  await vi.waitFor(() => expect(talking.shown()).toMatch(/4039 +idle +shop\n/));
});

test('a gate shows each row upright where what identifies the rows does not fit beside the rest', async () => {
  const folder = '/srv/incoming/'.padEnd(95, 'x');
  const rows = [1, 2].map((at) => ({ size: 10, path: `${folder}-${at}`, age: '3 days' }));
  const talking = talk(atGateOf(['size', 'path', 'age'], rows));
  await vi.waitFor(() => expect(talking.shown()).toContain('Type shop to run it'));
  for (const at of [1, 2])
    expect(talking.shown()).toMatch(new RegExp(`row ${at} of 2:\\n +path: ${folder}-${at}\\n`));
  expect(talking.shown()).toContain('in all rows: size 10 · age 3 days');
  expect(talking.shown()).not.toContain('not shown');
});

test('at a question d is an answer, and works after Ctrl-C', async () => {
  const talking = talk(questions.atQuestion);
  await talking.answer('answer', '\u0003');
  await talking.answer('Enter continue', 'd');
  const shown = /Enter continue.*: .*d\s+Is it the application's[\s\S]*asks[\s\S]*answer \(Ctrl-C/;
  await vi.waitFor(() => expect(talking.shown()).toMatch(shown));
});
