import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { foldEvents } from '#events/view/fold.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECRET = 'p$%@/:w ord"1';

const CHILD = `
name: inside
title: Inside
summary: A runbook that runs as a step.
inputs: { folder: {}, word: {}, token: { secret: true } }
prerequisites:
  - { text: There is a folder, shell: test -d /tmp }
steps:
  - id: write
    effect: change
    shell: echo \${{ inputs.word }} >> "$FOLDER/inside"; echo "$TOKEN"
    env: { FOLDER: '\${{ inputs.folder }}', TOKEN: '\${{ inputs.token }}' }
    next: [{ finding: 'It wrote \${{ inputs.word }}.' }]
  - { id: end, finish: { outcome: resolved, summary: It is written. } }
`;

const PARENT = `
name: outside
title: Outside
summary: Steps with steps inside.
inputs: { folder: {}, token: { secret: true } }
steps:
  - id: together
    parallel:
      - { id: one, effect: read, shell: sleep 0.05; echo 1 }
      - { id: two, effect: read, shell: echo 2 }
  - id: calm
    wait: { until: 'result.stdout == "2\\n"', shell: 'echo \${{ steps.two.stdout }} | head -1', within: 5s, every: 20ms }
  - id: each
    for_each: '["a", "b"]'
    effect: change
    shell: echo \${{ item }} >> "$FOLDER/each"
    env: { FOLDER: '\${{ inputs.folder }}' }
    undo: { shell: 'echo undid \${{ item }} >> "$FOLDER/each"' }
  - id: count
    for_each: '["x", "y", "z"]'
    concurrency: 2
    effect: read
    shell: printf %s \${{ item }}
  - id: child
    runbook: inside
    with: { folder: '\${{ inputs.folder }}', word: hello, token: '\${{ inputs.token }}' }
  - { id: look, manual: Is it right? }
  - { id: done, finish: { outcome: resolved, summary: '\${{ steps.child.findings[0] }}' } }
`;

const open: OpenRun[] = [];
afterEach(async () => {
  for (const run of open.splice(0)) await run.close();
});

function keep(run: OpenRun): OpenRun {
  open.push(run);
  answerAll(run);
  run.begin();
  return run;
}

/** Confirms every gate, takes what is unknown for done, and undoes one thing before the end. */
function answerAll(run: OpenRun): void {
  run.session.subscribe(({ event }) => {
    if (event?.event.type !== 'operator.awaited' && event?.event.type !== 'run.resumed') return;
    queueMicrotask(() => answer(run));
  });
}

function answer(run: OpenRun): void {
  const { awaited, gate, status, steps } = run.session.view();
  if (status !== 'waiting' || awaited === undefined) return;
  const isUndone = steps.some(({ state }) => state === 'undone');
  const sends = (intent: Intent) => send(run.session, intent);
  if (awaited.for === 'gate') sends({ type: 'confirm', digest: gate?.digest ?? '' });
  else if (awaited.for === 'unknown') sends({ type: 'mark-done', evidence: 'seen' });
  else if (awaited.for === 'stopped') sends({ type: 'jump', step: 'look', reason: 'back' });
  else if (awaited.for === 'report' && isUndone)
    sends({ type: 'report', done: true, evidence: '' });
  else if (awaited.for === 'report') sends({ type: 'undo', step: 'each', reason: 'not b' });
}

async function start(state: string, folder: string): Promise<OpenRun> {
  const store = runStore(state);
  const source = { file: 'outside', text: PARENT };
  const given = { folder, token: SECRET };
  const options = { store, surroundings, given, source, attended: true, auto: true };
  return keep(await startRun(parsed(PARENT, 'outside', { inside: CHILD }), options));
}

async function resume(state: string, id: string): Promise<OpenRun> {
  const store = runStore(state);
  const recorded = await readRun(await store.open(id));
  const others = Object.fromEntries([...recorded.children].map(([name, { text }]) => [name, text]));
  const runbook = parsed(recorded.source.text, 'outside', others);
  const given = { token: SECRET };
  const options = { store, surroundings, given, attended: true, answers: {} };
  return keep(await resumeRun(runbook, recorded, options));
}

function eventsOf(state: string, id: string): readonly RunEvent[] {
  return readJournal(runStore(state).openRun(id).journal).records.map(({ event }) => event);
}

async function finished(run: OpenRun): Promise<void> {
  await run.session.ended;
  await run.close();
  expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
}

function unconfirmed(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter((event, index) => {
    if (event.type !== 'step.started' || event.effect === 'read') return false;
    const before = events[index - 1];
    return !(before?.type === 'gate.answered' && before.digest === event.digest);
  });
}

test('steps with steps inside run to their end, each item and child through its own gate', async () => {
  const folder = temporaryFolder();
  const run = await start(join(folder, 'state'), folder);
  await finished(run);
  expect(readFileSync(join(folder, 'each'), 'utf8')).toBe('a\nb\nundid b\n');
  expect(readFileSync(join(folder, 'inside'), 'utf8')).toBe('hello\n');
  const events = eventsOf(join(folder, 'state'), run.id);
  expect(unconfirmed(events)).toEqual([]);
  expect(events.at(-1)).toMatchObject({ summary: 'It wrote hello.' });
  const text = readFileSync(runStore(join(folder, 'state')).openRun(run.id).journal, 'utf8');
  expect(text).not.toContain('p$%@');
  expect(text).toContain('‹secret:token›');
  expect(existsSync(runStore(join(folder, 'state')).openRun(run.id).runbooks)).toBe(true);
});

test('the view of a run is the fold of its journal', async () => {
  const folder = temporaryFolder();
  const run = await start(join(folder, 'state'), folder);
  await finished(run);
  const { records } = readJournal(runStore(join(folder, 'state')).openRun(run.id).journal);
  const view = foldEvents(records);
  expect(view).toEqual(run.session.view());
  const step = (id: string) => view?.steps.find((one) => one.id === id);
  expect(step('each')?.items).toMatchObject([
    { label: 'a', state: 'succeeded' },
    { label: 'b', state: 'succeeded' },
  ]);
  expect(step('child')?.child?.end).toMatchObject({ outcome: 'resolved' });
  expect(step('child/write')).toMatchObject({ state: 'succeeded', parent: 'child' });
  expect(step('one')).toMatchObject({ state: 'succeeded', parent: 'together' });
});

const CHILD_ON_SERVER = `
name: inner
title: Inner
summary: Inner
inputs: { url: { type: url, secret: true } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: wait, manual: 'Look at \${{ targets.db.host }}.' }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;

const PARENT_OF_SERVER = `
name: outer
title: Outer
summary: Outer
inputs: { url: { type: url, secret: true } }
steps:
  - { id: call, runbook: inner, with: { url: '\${{ inputs.url }}' } }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;

test('a runbook that runs as a step is not gone on with on another server', async () => {
  const store = runStore(join(temporaryFolder(), 'state'));
  const options = { store, surroundings, attended: false };
  const runbook = parsed(PARENT_OF_SERVER, 'outer', { inner: CHILD_ON_SERVER });
  const source = { file: 'outer', text: PARENT_OF_SERVER };
  const at = (port: number) => ({ url: `postgres://ada:secret@127.0.0.1:${port}/shop` });
  const first = await startRun(runbook, { ...options, source, auto: true, given: at(1) });
  first.begin();
  await first.session.ended;
  await first.close();
  expect(first.session.view()).toMatchObject({
    awaited: { for: 'report', step: 'call/wait', prompt: 'Look at 127.0.0.1.' },
  });
  const recorded = await readRun(await store.open(first.id));
  const again = async (port: number) =>
    await resumeRun(runbook, recorded, { ...options, answers: {}, given: at(port) });
  await expect(again(2)).rejects.toThrow('call is on postgres ada@127.0.0.1:1/shop');
  const second = await again(1);
  second.begin();
  await second.session.ended;
  await second.close();
  expect(second.session.end).toMatchObject({ status: 'paused', unanswered: true });
});

const HELD_BESIDE = `
name: held
title: Held
summary: A branch that cannot be told whether to run, beside one that runs.
inputs: { go: { type: boolean, default: true } }
steps:
  - { id: first, if: '!inputs.go', effect: read, shell: echo 1 }
  - id: both
    parallel:
      - { id: runs, effect: read, shell: echo 2 }
      - { id: held, effect: read, if: steps.first.exit_code == 0, shell: echo 3 }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;

test('a crash before one of several had started is gone on with, and so is a crash after that', async () => {
  const store = runStore(join(temporaryFolder(), 'state'));
  const options = { store, surroundings, attended: false, given: {} };
  const runbook = parsed(HELD_BESIDE, 'held');
  const source = { file: 'held', text: HELD_BESIDE };
  const first = await startRun(runbook, { ...options, source, auto: true });
  first.begin();
  await first.session.ended;
  await first.close();
  const { journal } = store.openRun(first.id);
  const lines = readFileSync(journal, 'utf8').split(/(?<=\n)/);
  const entered = lines.findIndex((line) => JSON.parse(line).event.step === 'held');
  writeFileSync(journal, lines.slice(0, entered + 1).join(''));
  for (let time = 0; time < 2; time += 1) {
    const again = await resumeRun(runbook, await readRun(await store.open(first.id)), {
      ...options,
      answers: {},
    });
    again.begin();
    await again.session.ended;
    await again.close();
    expect(again.session.view().awaited).toMatchObject({ step: 'both', for: 'failure' });
  }
});

/** How many crashes are tried at a time: what is gone on with mostly waits. */
const AT_A_TIME = 4;

test('a crash after any line leaves a run that goes on to its end', async () => {
  const folder = temporaryFolder();
  const run = await start(join(folder, 'state'), folder);
  await finished(run);
  const original = runStore(join(folder, 'state')).openRun(run.id).folder;
  const lines = readFileSync(join(original, 'journal.jsonl'), 'utf8').split(/(?<=\n)/);
  expect(lines.length).toBeGreaterThan(50);
  const crashAfter = async (kept: number) => {
    const state = join(folder, `state-${kept}`);
    mkdirSync(join(state, 'runs'), { recursive: true });
    const copy = join(state, 'runs', basename(original));
    cpSync(original, copy, { recursive: true });
    writeFileSync(join(copy, 'journal.jsonl'), lines.slice(0, kept).join(''));
    const again = await resume(state, run.id);
    await finished(again);
    const events = eventsOf(state, run.id);
    expect({ kept, unconfirmed: unconfirmed(events) }).toEqual({ kept, unconfirmed: [] });
    expect(foldEvents(readJournal(join(copy, 'journal.jsonl')).records)).toEqual(
      again.session.view(),
    );
    // What was written after the crash is a journal that can be gone on with as well.
    const twice = readFileSync(join(copy, 'journal.jsonl'), 'utf8').split(/(?<=\n)/);
    writeFileSync(join(copy, 'journal.jsonl'), twice.slice(0, kept + 3).join(''));
    if (kept % 3 === 0 && twice.length > kept + 4) await finished(await resume(state, run.id));
  };
  const crashesFrom = async (first: number) => {
    for (let kept = first; kept < lines.length; kept += AT_A_TIME) await crashAfter(kept);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, (_, at) => crashesFrom(at + 1)));
});
