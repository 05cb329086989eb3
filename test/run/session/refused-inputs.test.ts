import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { printPlain } from '#report/plain/lines.ts';
import { openPrompts } from '#report/plain/prompts.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { showScreen } from '#ui/terminal/screen.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { openTerminal } from '../../fixtures/terminal.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = `
name: inline
title: Typed by hand
summary: A read that waits, a question for a number, a change, and a condition without a value.
inputs:
  url: { type: url, secret: true }
  idle_for: { type: duration, default: 10m }
  most: { type: number, default: 5 }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: look, title: Look, effect: read, shell: 'echo "idle for $FOR"', env: { FOR: '\${{ inputs.idle_for }}' } }
  - { id: count, ask: { question: How many?, type: number } }
  - id: change
    effect: change
    on: db
    sql: SELECT pg_reload_conf()
    confirm: { level: type, phrase: shop }
    undo: { none: It is read once. }
  - id: parse
    effect: read
    shell: echo '{"a":null}'
    parse: json
    next: [{ if: result.json.a > 3, goto: done }]
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const open: OpenRun[] = [];
afterEach(async () => {
  for (const run of open.splice(0)) {
    send(run.session, { type: 'leave' });
    await run.session.ended.catch(() => undefined);
    await run.close();
  }
});

async function begin(): Promise<{ readonly run: OpenRun; readonly journal: () => string }> {
  const store = runStore(temporaryFolder());
  const run = await startRun(parsed(RUNBOOK), {
    store,
    surroundings,
    source: { file: 'inline', text: RUNBOOK },
    given: { url: 'postgres://ada:pw@127.0.0.1:1/shop' },
    attended: true,
    auto: false,
    stepwise: true,
  });
  open.push(run);
  run.begin();
  return { run, journal: () => readFileSync(store.openRun(run.id).journal, 'utf8') };
}

async function until(run: OpenRun, awaited: string, step: string): Promise<void> {
  await vi.waitFor(() =>
    expect(run.session.view()).toMatchObject({
      status: 'waiting',
      awaited: { for: awaited, step },
    }),
  );
}

test.each([
  ['a duration that is none', { idle_for: 'banana' }, '"idle_for" has to be a duration'],
  ['a number that is none', { most: 'five' }, '"most" has to be a number'],
  ['a secret that is no URL', { url: 'look' }, '"url" has to be a URL'],
  ['a URL of no database', { url: 'http://shop' }, 'is not a database URL'],
])('an edit to %s is refused, and the run waits as before', async (_, inputs, why) => {
  const { run, journal } = await begin();
  await until(run, 'start', 'look');
  const before = journal();
  const edit = (typed: Readonly<Record<string, string>>) =>
    run.session.submit({
      intent: { type: 'edit', inputs: typed },
      by: 'ada',
      answers: run.session.view().awaited?.seq,
    });
  const verdict = await edit(inputs);
  expect(verdict).toMatchObject({ code: 'invalid', reason: expect.stringContaining(why) });
  expect(JSON.stringify(verdict)).not.toContain('look');
  expect(journal()).toBe(before);
  expect(run.session.end).toBeUndefined();
  // A secret that was refused masks nothing, and has not taken the place of the one there is.
  send(run.session, { type: 'note', text: 'I look again' });
  expect(journal()).toContain('I look again');
  expect(await edit({ idle_for: '5m' })).toEqual({ accepted: true });
  await vi.waitFor(() => expect(run.session.view().awaited?.action?.values).toEqual(['FOR=5m']));
});

test('on the screen what was typed stays, with what is wrong beside it, until it is mended', async () => {
  const { run } = await begin();
  const terminal = openTerminal();
  const over = showScreen({ run: run.session, ...terminal });
  const shows = (text: string) => vi.waitFor(() => expect(terminal.screen()).toContain(text));
  await until(run, 'start', 'look');
  await shows('▸ Look');
  await shows('⏎ run');
  // Typed once: a second one would be a letter of the first field.
  await terminal.type('e');
  await shows('Change inputs');
  await terminal.type('\u001b[B');
  for (const keys of ['\u0015', 'banana', '\r']) await terminal.type(keys);
  await shows('the input "idle_for" has to be a duration');
  expect(terminal.screen()).toMatch(/▸ idle_for +banana▏/);
  for (const keys of ['\u0015', '7m', '\r']) await terminal.type(keys);
  await shows('FOR=7m');
  send(run.session, { type: 'leave' });
  await over;
  expect(run.session.view().inputs[1]?.value).toBe('7m');
});

test('at prompts it is said, and asked again', async () => {
  const { run } = await begin();
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const over = printPlain({
    run: run.session,
    write: (line) => output.write(`${line}\n`),
    interactive: openPrompts(input, output),
  });
  const answer = async (prompt: string, line: string): Promise<void> => {
    await vi.waitFor(() => expect(shown.slice(shown.lastIndexOf('\n') + 1)).toContain(prompt));
    input.write(`${line}\r`);
  };
  for (const value of ['banana', '7m']) {
    await answer('e edit', 'e');
    await answer('url [', '');
    await answer('idle_for [10m]', value);
    await answer('most [', '');
  }
  await vi.waitFor(() => expect(run.session.view().inputs[1]?.value).toBe('7m'));
  expect(shown).toContain('Nothing was changed: the input "idle_for" has to be a duration');
  send(run.session, { type: 'leave' });
  await over;
});

const HOSTILE = [
  '',
  'x',
  '\u0000\u001b[2J\ud800',
  "'; ${{ inputs.url }} $(exit) \\",
  '-1e999',
  'a'.repeat(100_000),
] as const;

function everyIntent(text: string): readonly Intent[] {
  return [
    { type: 'answer', value: text },
    { type: 'confirm', digest: text, phrase: text },
    { type: 'report', done: true, evidence: text },
    { type: 'edit', inputs: { url: text, idle_for: text, most: text, none: text } },
    { type: 'edit', inputs: { url: `postgres://${text}` } },
    { type: 'jump', step: text, reason: text },
    { type: 'undo', step: text, reason: text },
    { type: 'choose', clause: Number(text), reason: text },
    { type: 'choose', clause: 99, reason: text },
    { type: 'adhoc', target: text, text },
    { type: 'adhoc', target: 'db', text },
    { type: 'note', text },
    { type: 'refresh' },
    { type: 'recheck' },
    { type: 'cancel' },
  ];
}

test('nothing an operator can type ends the run, wherever it waits', async () => {
  const { run } = await begin();
  const torment = async (awaited: string, step: string): Promise<void> => {
    for (const text of HOSTILE)
      for (const intent of everyIntent(text)) {
        if (awaited === 'answer' && intent.type === 'edit') continue;
        send(run.session, intent);
        // A command of one's own is judged in its own time.
        await vi.waitFor(() => expect(run.session.view().status).toBe('waiting'));
        if (run.session.view().gate !== undefined && run.session.view().behind !== undefined)
          send(run.session, { type: 'decline', reason: 'not this' });
        expect(run.session.end).toBeUndefined();
      }
    await until(run, awaited, step);
  };
  await until(run, 'start', 'look');
  await torment('start', 'look');
  send(run.session, { type: 'continue' });
  await until(run, 'answer', 'count');
  await torment('answer', 'count');
  send(run.session, { type: 'answer', value: '3' });
  await until(run, 'start', 'change');
});
