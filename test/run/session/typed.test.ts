import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { awaits, endOf, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { send } from '../../support/send.ts';

const TOKEN = 'shop';

const QUESTIONS = `
name: inline
title: Questions
summary: Answers that hold a secret.
inputs: { token: { secret: true }, folder: {} }
steps:
  - id: which
    ask: { question: Which one?, type: choice, choices: [blog, shop] }
  - id: table
    ask: { question: Which table? }
    next:
      - { if: 'result.answer == "shop.orders"', finding: It is the right one., goto: use }
      - { goto: wrong }
  - { id: wait, manual: Wait. }
  - id: use
    effect: read
    shell: printf '%s %s' \${{ steps.which.answer }} \${{ steps.table.answer }} > "$FOLDER/used"
    env: { FOLDER: '\${{ inputs.folder }}' }
    next: [{ goto: pause }]
  - { id: pause, manual: Go on? }
  - id: again
    effect: read
    shell: printf '%s %s' \${{ steps.which.answer }} \${{ steps.table.answer }} > "$FOLDER/again"
    env: { FOLDER: '\${{ inputs.folder }}' }
    next: [{ goto: done }]
  - { id: wrong, finish: { outcome: unresolved, summary: Wrong } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

async function answered() {
  const runs = realRun(QUESTIONS);
  const given = { token: TOKEN, folder: runs.folder };
  const run = await runs.start({ given });
  await awaits(run, 'answer');
  send(run.session, { type: 'answer', value: 'shop' });
  expect(run.session.view().current).toBe('table');
  send(run.session, { type: 'answer', value: 'shop.orders' });
  await awaits(run, 'report');
  return { runs, run, given };
}

test('an answer that holds a secret is used as it was typed, and recorded masked', async () => {
  const { runs, run } = await answered();
  expect(readFileSync(join(runs.folder, 'used'), 'utf8')).toBe('shop shop.orders');
  const journal = readFileSync(runs.journalOf(run.id), 'utf8');
  expect(journal).toContain('"value":"‹secret:token›.orders"');
  expect(journal).not.toContain('shop.orders"');
  await leaveRun(run);
});

test('a resumed run asks for such an answer again, and knows a choice by what was offered', async () => {
  const { runs, run, given } = await answered();
  await leaveRun(run);
  expect(runs.asksAgain(run.id)).toEqual({ answers: ['table'], inputs: ['token'] });
  const resumed = await runs.resume(run.id, { given, answers: { table: 'shop.orders' } });
  await awaits(resumed, 'report');
  send(resumed.session, { type: 'report', done: true, evidence: '' });
  expect(await endOf(resumed)).toEqual({ status: 'finished', outcome: 'resolved' });
  expect(readFileSync(join(runs.folder, 'again'), 'utf8')).toBe('shop shop.orders');
});

test('another answer than the recorded one is refused', async () => {
  const { runs, run, given } = await answered();
  await leaveRun(run);
  await expect(runs.resume(run.id, { given, answers: { table: 'shop.users' } })).rejects.toThrow(
    'the answer to step "table" was another one',
  );
});

const EVIDENCE = `
name: inline
title: Evidence
summary: Evidence that holds a secret.
inputs: { token: { secret: true }, folder: {} }
steps:
  - { id: seen, manual: Which table? }
  - id: use
    effect: read
    shell: printf %s \${{ steps.seen.evidence }} > "$FOLDER/used"
    env: { FOLDER: '\${{ inputs.folder }}' }
    next: [{ goto: pause }]
  - { id: pause, manual: Go on? }
  - id: again
    effect: read
    shell: printf %s \${{ steps.seen.evidence }} > "$FOLDER/again"
    env: { FOLDER: '\${{ inputs.folder }}' }
    next:
      - { if: 'steps.seen.evidence == "shop.orders"', goto: done }
      - { goto: wrong }
  - { id: wrong, finish: { outcome: unresolved, summary: Wrong } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('evidence that holds a secret is used as it was typed, recorded masked, and given again', async () => {
  const runs = realRun(EVIDENCE);
  const given = { token: TOKEN, folder: runs.folder };
  const run = await runs.start({ given });
  await awaits(run, 'report');
  send(run.session, { type: 'report', done: true, evidence: 'shop.orders' });
  await vi.waitFor(() => expect(run.session.view().awaited?.step).toBe('pause'));
  expect(readFileSync(join(runs.folder, 'used'), 'utf8')).toBe('shop.orders');
  expect(readFileSync(runs.journalOf(run.id), 'utf8')).not.toContain('shop.orders"');
  await leaveRun(run);

  expect(runs.asksAgain(run.id)).toEqual({ answers: ['seen'], inputs: ['token'] });
  await expect(runs.resume(run.id, { given, answers: { seen: 'shop.users' } })).rejects.toThrow(
    'the answer to step "seen" was another one',
  );
  const resumed = await runs.resume(run.id, { given, answers: { seen: 'shop.orders' } });
  await awaits(resumed, 'report');
  send(resumed.session, { type: 'report', done: true, evidence: '' });
  expect(await endOf(resumed)).toEqual({ status: 'finished', outcome: 'resolved' });
  expect(readFileSync(join(runs.folder, 'again'), 'utf8')).toBe('shop.orders');
});

test('evidence that no expression uses is not asked for again', async () => {
  const { runs, run, given } = await answered();
  send(run.session, { type: 'report', done: true, evidence: 'seen in shop' });
  await leaveRun(run);
  expect(runs.asksAgain(run.id).answers).toEqual(['table']);
  const resumed = await runs.resume(run.id, { given, answers: { table: 'shop.orders' } });
  await leaveRun(resumed);
});

const DECLINED = `
name: inline
title: A reason
summary: A reason that holds a secret.
inputs: { token: { secret: true }, folder: {} }
steps:
  - id: change
    shell: touch "$FOLDER/changed"
    env: { FOLDER: '\${{ inputs.folder }}' }
    effect: change
    next:
      - { if: 'error.message == "declined: shop is busy"', goto: pause }
      - { if: error.kind == "declined", goto: wrong }
  - { id: wrong, finish: { outcome: unresolved, summary: Wrong } }
  - { id: pause, manual: Go on? }
  - id: again
    if: 'steps.change.error.message == "declined: shop is busy"'
    finish: { outcome: resolved, summary: Done }
`;

test('a reason to decline that holds a secret is compared as typed, recorded masked, and given again', async () => {
  const runs = realRun(DECLINED);
  const given = { token: TOKEN, folder: runs.folder };
  const run = await runs.start({ given });
  await awaits(run, 'gate');
  send(run.session, { type: 'decline', reason: 'shop is busy' });
  await awaits(run, 'report');
  const journal = readFileSync(runs.journalOf(run.id), 'utf8');
  expect(journal).toContain('"reason":"‹secret:token› is busy"');
  expect(journal).not.toMatch(/(reason|message)":"[^"]*shop is busy/);
  await leaveRun(run);

  expect(runs.asksAgain(run.id)).toEqual({ answers: ['change'], inputs: ['token'] });
  await expect(runs.resume(run.id, { given, answers: { change: 'busy' } })).rejects.toThrow(
    'the answer to step "change" was another one',
  );
  const resumed = await runs.resume(run.id, { given, answers: { change: 'shop is busy' } });
  await awaits(resumed, 'report');
  send(resumed.session, { type: 'report', done: true, evidence: '' });
  expect(await endOf(resumed)).toEqual({ status: 'finished', outcome: 'resolved' });
});

const PLAIN_INPUT = `
name: inline
title: An input
summary: An input that is no secret and holds one.
inputs: { token: { secret: true }, name: {} }
steps:
  - { id: pause, manual: Go on? }
  - id: use
    effect: read
    shell: test \${{ inputs.name }} = the-token-name
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('an input that is no secret and holds one is given again when the run is resumed', async () => {
  const runs = realRun(PLAIN_INPUT);
  const given = { token: 'token', name: 'the-token-name' };
  const run = await runs.start({ given });
  await awaits(run, 'report');
  await leaveRun(run);
  expect(runs.asksAgain(run.id).inputs).toEqual(['token', 'name']);
  await expect(runs.resume(run.id, { given: { ...given, name: 'other' } })).rejects.toThrow(
    'the input "name" was another one',
  );
  const resumed = await runs.resume(run.id, { given });
  await awaits(resumed, 'report');
  send(resumed.session, { type: 'report', done: true, evidence: '' });
  expect(await endOf(resumed)).toEqual({ status: 'finished', outcome: 'resolved' });
});

const EDITED = `
name: inline
title: An address
summary: An address that is edited.
inputs: { url: { type: url, secret: true } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: look, on: db, effect: read, sql: SELECT 1 }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const PROD_A = 'postgres://ada:secret-a@127.0.0.1:1/prod_a';
const PROD_B = 'postgres://ada:secret-b@127.0.0.1:2/prod_b';

test('an edited address is in the view and the record at once, there and back', async () => {
  const runs = realRun(EDITED);
  const run = await runs.start({ given: { url: PROD_A } });
  await awaits(run, 'failure');
  const { session } = run;
  expect(session.view().places.db).toMatchObject({ port: 1, database: 'prod_a' });
  send(session, { type: 'edit', inputs: { url: PROD_B } });
  expect(session.view().places.db).toMatchObject({ port: 2, database: 'prod_b' });
  expect(session.view().targets.db).toContain('prod_b');
  await awaits(run, 'failure');
  send(session, { type: 'edit', inputs: { url: PROD_A } });
  expect(session.view().places.db).toMatchObject({ port: 1, database: 'prod_a' });
  await awaits(run, 'failure');
  await leaveRun(run);
  expect(readFileSync(runs.journalOf(run.id), 'utf8')).not.toMatch(/secret-[ab]/);
  await expect(runs.resume(run.id, { given: { url: PROD_B } })).rejects.toThrow('the run is on');
  const resumed = await runs.resume(run.id, { given: { url: PROD_A } });
  await awaits(resumed, 'failure');
  expect(resumed.session.view().places.db).toMatchObject({ port: 1 });
  await leaveRun(resumed);
});

test('a run whose address was edited is not resumed on the server it began on', async () => {
  const runs = realRun(EDITED);
  const run = await runs.start({ given: { url: PROD_A } });
  await awaits(run, 'failure');
  send(run.session, { type: 'edit', inputs: { url: PROD_B } });
  await awaits(run, 'failure');
  await leaveRun(run);
  await expect(runs.resume(run.id, { given: { url: PROD_A } })).rejects.toThrow(
    'the run is on postgres ada@127.0.0.1:2/prod_b',
  );
  const resumed = await runs.resume(run.id, { given: { url: PROD_B } });
  await awaits(resumed, 'failure');
  await leaveRun(resumed);
});

test('a password that was edited away stays masked', async () => {
  const runs = realRun(EDITED);
  const run = await runs.start({ given: { url: PROD_A } });
  await awaits(run, 'failure');
  send(run.session, { type: 'edit', inputs: { url: PROD_A.replace('secret-a', 'secret-c') } });
  await awaits(run, 'failure');
  send(run.session, { type: 'note', text: 'It was secret-a, now secret-c.' });
  expect(runs.events(run.id).at(-1)).toMatchObject({
    text: 'It was ‹secret:url›, now ‹secret:url›.',
  });
  await leaveRun(run);
});
