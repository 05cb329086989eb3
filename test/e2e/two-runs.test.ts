import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { EventOf, RunEventType } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const FLIP = `name: flip
title: The switch is off
summary: A change that takes as long as a file is there.
inputs:
  switch: { description: Which one, default: main }
steps:
  - { id: look, title: Look at it, effect: read, shell: echo it is off }
  - id: flip
    title: Flip the switch
    effect: change
    shell: 'echo "$SWITCH" >> flips; while [ -e held ]; do sleep 0.05; done'
    env: { SWITCH: '\${{ inputs.switch }}' }
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is on. } }
`;

const AT_GATE = /kim@\S+ is at the gate of the same change in run \S+-flip-\S+, since/;
const AT_WORK = /kim@\S+ runs the same change right now in run \S+-flip-\S+, since/;
const SIZE = { columns: 240, rows: 40 };

/** The state folder, in which two operators start runs of the runbook. */
function newStage(): Operator {
  const stage = newOperator();
  stage.writeRunbook('flip', FLIP);
  return stage;
}

/** Starts a run and waits for its gate. */
async function atGate(stage: Operator, who: string, args: readonly string[] = ['--plain']) {
  const start = { ...SIZE, env: { RUNBOOK_OPERATOR: who } };
  const terminal = stage.open(['run', 'flip', '--auto', ...args], start);
  await terminal.waitFor(args.includes('--plain') ? 'Run it? y' : 'Flip the switch');
  return terminal;
}

function answer(terminal: OpenTerminal, text: string): void {
  terminal.type(text);
  terminal.press('enter');
}

/** Returns the events of one type in the journals of all runs, by their operators. */
function events<T extends RunEventType>(stage: Operator, who: string, type: T) {
  const runs = join(stage.home, 'state', 'runs');
  return readdirSync(runs).flatMap((run) => {
    const { records } = readJournal(join(runs, run, 'journal.jsonl'));
    const [first] = records;
    if (first?.event.type !== 'run.started' || first.event.operator !== who) return [];
    return records.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
  });
}

test('two runs at the gate of one change name each other, on the screen, in lines and in the record', async () => {
  const stage = newStage();
  const kim = await atGate(stage, 'kim');
  const bo = await atGate(stage, 'bo', []);
  await bo.waitFor(AT_GATE);
  await kim.waitFor(/bo@\S+ is at the gate of the same change/, 30_000);
  expect(events(stage, 'bo', 'gate.others')).toMatchObject([
    { step: 'flip', runs: [{ operator: 'kim', runbook: 'flip', same: true, atWork: false }] },
  ]);
});

test('while one is at work the other is not confirmed, and may be once it has ended', async () => {
  const stage = newStage();
  stage.writeWork('held', '');
  const kim = await atGate(stage, 'kim');
  const bo = await atGate(stage, 'bo');
  answer(kim, 'y');
  await vi.waitFor(() => expect(stage.readWork('flips')).toBe('main\n'), 10_000);
  answer(bo, 'y');
  await bo.waitFor(AT_WORK);
  await bo.waitFor('was at work with the same change; confirm again once it has ended');
  expect(stage.readWork('flips')).toBe('main\n');
  const [refused] = events(stage, 'bo', 'gate.answered');
  expect(refused).toMatchObject({ answer: 'refused', otherRun: expect.stringContaining('-flip-') });
  await stage.openProgram('/bin/rm', ['held']).exited;
  await kim.exited;
  answer(bo, 'y');
  expect((await bo.exited).code).toBe(0);
  expect(stage.readWork('flips')).toBe('main\nmain\n');
  const bos = readdirSync(join(stage.home, 'state', 'runs')).find((id) => id !== refused?.otherRun);
  const { stdout } = await stage.run(['transcript', bos ?? '']);
  expect(stdout).toMatch(/kim@.* runs the same change right now in run/);
  expect(stdout).toContain('the answer of bo was **refused**');
});

test('a run that was killed is not named, and keeps nobody from the change', async () => {
  const stage = newStage();
  stage.writeWork('held', '');
  const kim = await atGate(stage, 'kim');
  answer(kim, 'y');
  await vi.waitFor(() => expect(stage.readWork('flips')).toBe('main\n'), 10_000);
  kim.kill('SIGKILL');
  await kim.exited;
  await stage.openProgram('/bin/rm', ['held']).exited;
  const bo = await atGate(stage, 'bo');
  answer(bo, 'y');
  expect((await bo.exited).code).toBe(0);
  expect(events(stage, 'bo', 'gate.others')).toEqual([]);
});

test('another change of the same target is named while it is at work, and stops nobody', async () => {
  const stage = newStage();
  stage.writeWork('held', '');
  const kim = await atGate(stage, 'kim');
  const bo = await atGate(stage, 'bo', ['--plain', '--input', 'switch=spare']);
  answer(kim, 'y');
  await vi.waitFor(() => expect(stage.readWork('flips')).toBe('main\n'), 10_000);
  answer(bo, 'y');
  await bo.waitFor(/kim@\S+ changes this target in run \S+, since \S+ UTC: Flip the switch/);
  await vi.waitFor(() => expect(stage.readWork('flips')).toBe('main\nspare\n'), 10_000);
});

test('of two that confirm at the same moment at most one begins', async () => {
  const stage = newStage();
  stage.writeWork('held', '');
  const both = [await atGate(stage, 'kim'), await atGate(stage, 'bo')];
  for (const terminal of both) answer(terminal, 'y');
  const answers = () =>
    ['kim', 'bo'].flatMap((who) => events(stage, who, 'gate.answered').map((it) => it.answer));
  await vi.waitFor(() => expect(answers()).toHaveLength(2), 20_000);
  expect(answers().filter((it) => it === 'confirmed').length).toBeLessThan(2);
  expect(stage.readWork('flips')).toMatch(/^(?:main\n)?$/);
  expect(existsSync(join(stage.home, 'state', 'changes'))).toBe(true);
});
