import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { foldEvents } from '#events/view/fold.ts';
import { adhocRunbook } from '#machine/adhoc-runbook.ts';
import { compileRunbook } from '#machine/compile-runbook.ts';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import { runStore } from '#run/store/file/folders.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { judgeLine } from '#safety/effects/judge-line.ts';
import { adhocRun, resumedRun, WAITING } from '../../fixtures/adhoc-run.ts';
import { parsed, sha256 } from '../../fixtures/compiled.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function marked(): string {
  const file = join(temporaryFolder(), 'mark');
  writeFileSync(file, 'here\n');
  return file;
}

test('a script that only reads runs at once, and the run waits again where it waited', async () => {
  const run = await adhocRun();
  const before = run.view.awaited;
  const command = await run.enter('app', 'printf "%s\\n" one two | wc -l');
  expect(command).toMatchObject({ state: 'succeeded', effect: 'read' });
  expect(command.executions[0]?.result?.stdout).toContain('2');
  expect(run.view.awaited).toEqual(before);
  expect(run.said()).toEqual(['adhoc.entered', 'step.started', 'step.finished', 'step.settled']);
  expect(foldEvents(run.records())).toEqual(run.view);
  send(run.open.session, { type: 'report', done: true, evidence: 'seen' });
  expect(run.open.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
});

describe('what is not proven to only read waits for its phrase', () => {
  test.each([
    ['destroys', (file: string) => `rm ${file}`, 'destructive'],
    ['is not known', (file: string) => `"$(echo rm)" ${file}`, 'change'],
    ['cannot be parsed', (file: string) => `rm ${file}; if then (`, 'change'],
  ])('a script that %s', async (_, script, effect) => {
    const file = marked();
    const run = await adhocRun();
    await run.enter('app', script(file));
    expect(run.view.gate).toMatchObject({ effect, level: 'type', phrase: 'app' });
    expect(run.view.gate?.action.text).toBe(script(file));
    expect(run.view.gate?.notRead).toMatch(/^It (destroys|cannot be proven)/);
    await run.confirm();
    await run.confirm('ap');
    await run.confirm('!1');
    send(run.open.session, { type: 'continue' });
    send(run.open.session, { type: 'auto', on: true });
    send(run.open.session, { type: 'confirm', digest: 'f'.repeat(64), phrase: 'app' });
    expect(existsSync(file)).toBe(true);
    expect(run.said().filter((type) => type === 'step.started')).toEqual([]);
    const declined = await run.answer({ type: 'decline', reason: 'no' });
    expect(declined).toMatchObject({ state: 'failed', error: { kind: 'declined' } });
    expect(run.view.awaited?.for).toBe('report');
    expect(existsSync(file)).toBe(true);
  });

  test('without parsers nothing is a read', async () => {
    const run = await adhocRun({ loadParsers: undefined });
    await run.enter('app', 'true');
    expect(run.view.gate).toMatchObject({ level: 'type', phrase: 'app' });
  });
});

test('the phrase runs it, with the confirmation and the start on the disk before', async () => {
  const file = marked();
  const run = await adhocRun();
  await run.enter('app', `rm ${file}`);
  const digest = run.view.gate?.digest;
  expect(await run.confirm('app')).toMatchObject({ state: 'succeeded' });
  expect(existsSync(file)).toBe(false);
  expect(run.said()).toEqual([
    'adhoc.entered',
    'gate.opened',
    'operator.awaited',
    'gate.answered',
    'step.started',
    'step.finished',
    'step.settled',
  ]);
  const started = run.events().find(({ type }) => type === 'step.started');
  expect(started).toMatchObject({ step: '!1', effect: 'destructive', digest });
});

test('the run stands still until its operator has answered for the command', async () => {
  const run = await adhocRun();
  await run.enter('app', 'rm -r /nonexistent');
  send(run.open.session, { type: 'report', done: true, evidence: 'meant for the command' });
  send(run.open.session, { type: 'jump', step: 'done', reason: '' });
  send(run.open.session, { type: 'auto', on: true });
  send(run.open.session, { type: 'adhoc', target: 'app', text: 'true' });
  expect(run.view.gate?.step).toBe('!1');
  expect(run.events().filter(({ type }) => type === 'operator.acted')).toEqual([]);
  expect(run.view.adhoc).toHaveLength(1);
});

test('a change that is known to be one asks for a key', async () => {
  const file = join(temporaryFolder(), 'made');
  const run = await adhocRun();
  await run.enter('app', `mkdir ${file}`);
  expect(run.view.gate).toMatchObject({ effect: 'change', level: 'key' });
  expect(existsSync(file)).toBe(false);
  await run.confirm();
  expect(existsSync(file)).toBe(true);
});

test('in a dry run a read runs, and a change is shown and simulated', async () => {
  const file = marked();
  const run = await adhocRun({ mode: 'dry-run' });
  expect(await run.enter('app', 'wc -l /dev/null')).toMatchObject({ state: 'succeeded' });
  await run.enter('app', `rm ${file}`);
  expect(run.view.gate).toMatchObject({ simulated: true, effect: 'destructive' });
  expect(await run.confirm('app')).toMatchObject({ state: 'simulated' });
  expect(existsSync(file)).toBe(true);
});

test('where nobody can answer, no command is taken', async () => {
  const run = await adhocRun({ attended: false });
  send(run.open.session, { type: 'adhoc', target: 'app', text: 'true' });
  expect(run.said()).toEqual([]);
});

test('a placeholder in what is typed stands for nothing', async () => {
  const run = await adhocRun();
  const command = await run.enter('app', "echo '${{ inputs.url }}'");
  expect(command.executions[0]?.result?.stdout).toBe('${{ inputs.url }}\n');
});

test('a secret in what a command prints is masked, on the screen and on the disk', async () => {
  const token = 'p$%@/:w ord"1';
  const run = await adhocRun({ given: { token } });
  const kept = join(temporaryFolder(), 'kept');
  writeFileSync(kept, token);
  const command = await run.enter('app', `cat ${kept}; echo '${token}'`);
  const { result, outputs } = command.executions[0] ?? {};
  expect(JSON.stringify([result, outputs])).toContain('‹secret:token›');
  expect(JSON.stringify(run.events())).not.toContain(JSON.stringify(token).slice(1, -1));
  const file = outputs?.[0]?.file ?? '';
  const read = await run.open.session.readOutput(file);
  expect(read).toContain('‹secret:token›');
  expect(read).not.toContain(token);
  expect(await verifyRun(await runStore(run.state).open(run.open.id))).toMatchObject({
    outputs: 1,
    unnamed: [],
    flaws: [],
  });
});

test('a run that is left at the gate of a command resumes without it', async () => {
  const file = marked();
  const run = await adhocRun();
  await run.enter('app', `rm ${file}`);
  send(run.open.session, { type: 'leave' });
  await run.open.session.ended;
  await run.open.close();
  const again = await resumedRun(run.state, run.open.id);
  expect(again.view.awaited?.for).toBe('report');
  expect(again.view.adhoc?.[0]).toMatchObject({ state: 'failed', error: { kind: 'declined' } });
  expect(again.view.gate).toBeUndefined();
  expect(existsSync(file)).toBe(true);
});

test.each([
  ['shell', 'rm -rf /tmp/x'],
  ['shell', 'ls'],
  ['shell', 'if then ('],
  ['sql', 'DELETE FROM orders'],
  ['sql', 'SELECT 1'],
  ['sql', 'SELEC'],
] as const)(
  'no way leads into the execution of a %s but a confirmation: %s',
  async (kind, text) => {
    const parsers = await loadEffectParsers({ shell: true, postgres: true });
    const judged = judgeLine({ kind, text, target: 'db', engine: 'postgres' }, parsers);
    const command = { id: '!1', title: 'Command', judged, phrase: 'db' };
    const machine = compileRunbook(adhocRunbook(command, parsed(WAITING)), sha256);
    const executes = JSON.stringify(machine.definition).includes('executeChange');
    expect(executes).toBe(text !== 'ls' && text !== 'SELECT 1');
    expect(unconfirmedChanges(machine)).toEqual([]);
  },
);
