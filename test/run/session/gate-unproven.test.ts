import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foldEvents } from '#events/view/fold.ts';
import { plainLines } from '#report/plain/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { lineText } from '#ui/draw/line.ts';
import { OPENED, stateFor } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import { actionOf, appliedTo } from '../../fixtures/effects/applied.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function judged(step: string) {
  const { runbook, diagnostics } = appliedTo(`- { id: it, ${step} }`);
  return { action: actionOf(runbook, 'it'), codes: diagnostics.map(({ code }) => code), runbook };
}

const UNPROVEN = /^It cannot be proven to only read: ./;

describe('an action that is not proven to read and declares nothing', () => {
  test.each([
    'shell: ./restart-the-queue',
    'shell: "systemctl reload x; ./restart-the-queue"',
    'shell: ./restart-the-queue, confirm: { level: key }',
    'on: db, sql: SELECT my_own_function()',
  ])('asks for a phrase, says why, and is warned of: %s', (step) => {
    const { action, codes } = judged(step);
    expect(action).toMatchObject({ effect: 'change', confirm: { level: 'type' } });
    expect(action.confirm.notRead).toMatch(UNPROVEN);
    expect(codes).toEqual(['effect-unproven']);
  });

  test('is told of in an undo too, whose own gate asks for the phrase', () => {
    const { action, codes } = judged("shell: systemctl reload x, undo: { shell: './un-reload x' }");
    expect(action.confirm).toMatchObject({ level: 'key' });
    expect(action.undo).toMatchObject({ effect: 'change', confirm: { level: 'type' } });
    expect(codes).toEqual(['effect-unproven']);
  });
});

test.each([
  ['a declared change', 'effect: change, shell: ./restart-the-queue', 'change', 'key'],
  ['a known change', 'shell: systemctl reload x', 'change', 'key'],
  ['a known change of a database', 'on: db, sql: INSERT INTO t VALUES (1)', 'change', 'key'],
  [
    'a declared undo',
    "shell: systemctl reload x, undo: { effect: change, shell: './un x' }",
    'change',
    'key',
  ],
  ['a vouched read', 'read_because: it asks, shell: ./status', 'read', 'key'],
  ['a proven read', 'shell: uptime', 'read', 'key'],
])('%s needs no phrase, and nothing is said of it', (_, step, effect, level) => {
  const { action, codes } = judged(step);
  expect(action).toMatchObject({ effect, confirm: { level } });
  expect(action.confirm.notRead).toBeUndefined();
  expect(codes).toEqual([]);
});

test('a declared change that is known to destroy is an error', () => {
  expect(judged('effect: change, on: db, sql: DELETE FROM t').codes).toContain('effect-too-low');
});

test('the screen, plain mode and the transcript say why it is not a read', async () => {
  const { runbook } = judged('shell: ./restart-the-queue');
  const store = runStore(join(temporaryFolder(), 'state'));
  const run = await startRun(
    { ...runbook, inputs: [], targets: [] },
    {
      store,
      surroundings,
      given: {},
      attended: true,
      source: runbook.source,
      auto: true,
    },
  );
  run.begin();
  const said = 'It cannot be proven to only read: ./restart-the-queue is not known to only read';
  const view = run.session.view();
  expect(view.gate).toMatchObject({ level: 'type', phrase: 'it', notRead: said });
  const screen = { view, state: stateFor(OPENED, view), live: [], now: 0, columns: 120, rows: 30 };
  expect(drawFrame(screen).lines.map(lineText).join('\n')).toContain(`! ${said}`);
  const { digest = '' } = view.gate ?? {};
  send(run.session, { type: 'confirm', digest });
  expect(run.session.view().gate).toMatchObject({ step: 'it' });
  send(run.session, { type: 'leave' });
  await run.session.ended;
  await run.close();
  const { records } = readJournal(store.openRun(run.id).journal);
  expect(records.some(({ event }) => event.type === 'step.started')).toBe(false);
  const opened = records.find(({ event }) => event.type === 'gate.opened');
  const folded = foldEvents(records);
  if (opened === undefined || folded === undefined) throw new Error('there is no gate');
  const lines = plainLines(opened, { view: folded, columns: 100, shown: undefined });
  expect(lines.map(({ text }) => text).join('\n')).toContain(said);
  const transcript = transcriptMarkdown(records, { outputs: () => undefined });
  expect(transcript).toContain('- Not proven read-only: It cannot be proven');
});
