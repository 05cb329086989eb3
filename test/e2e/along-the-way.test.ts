import { expect, test } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const RUNBOOK = `name: disk
title: The disk is full
summary: Nothing can be written.
inputs:
  folder: { default: ., description: Where to look }
steps:
  - id: look
    title: What takes the room?
    why: The largest folder is the one to look into.
    phase: diagnose
    effect: read
    shell: seq -f 'line %g of the listing' 1 400
  - id: names
    title: Who owns it?
    effect: read
    shell: echo nobody in \${{ inputs.folder }}
  - id: clean
    title: Remove what is old
    phase: fix
    effect: change
    shell: echo removed >> removed.txt
    undo: { none: What is gone is gone. }
  - id: broken
    title: Ask the monitoring
    phase: verify
    effect: read
    shell: 'echo "no answer to $RANDOM$RANDOM" >&2; exit 3'
  - id: done
    title: There is room
    finish: { outcome: resolved, summary: There is room again. }
`;

/** What the monitoring says, another time each time. */
const ANSWER = /no answer to \d+/;

async function start(): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator();
  kim.writeRunbook('disk', RUNBOOK);
  const terminal = kim.open(['run', 'disk', '--step'], { columns: 100, rows: 30 });
  await terminal.waitFor('── Next ──');
  return [kim, terminal];
}

/** Answers what the bottom line asks for. */
async function say(terminal: OpenTerminal, question: string, answer: string): Promise<void> {
  await terminal.waitFor(question);
  terminal.type(answer);
  terminal.press('enter');
  await terminal.waitFor((screen) => !screen.includes(question));
}

test('a note goes into the record at any time, also as a step waiting for confirmation', async () => {
  const [kim, terminal] = await start();
  terminal.type('n');
  await say(terminal, 'Note', 'Ünïcode: the pager said 3 %');
  terminal.type('a');
  await terminal.waitFor('y run it');
  terminal.type('n');
  await say(terminal, 'Note', 'yes, y, and y again');
  expect(kim.events('operator.noted').map(({ text }) => text)).toEqual([
    'Ünïcode: the pager said 3 %',
    'yes, y, and y again',
  ]);
  expect(kim.readWork('removed.txt')).toBe('');
  expect((await kim.run(['transcript'])).stdout).toContain('the pager said 3 %');
});

test('a step is passed over only with a reason', async () => {
  const [kim, terminal] = await start();
  terminal.type('s');
  await terminal.waitFor('Why skip this step?');
  terminal.press('enter');
  await terminal.waitFor('a reason is required');
  terminal.type('the listing is known');
  terminal.press('enter');
  await terminal.waitFor('▸ Who owns it?');
  expect(kim.events('step.skipped')).toMatchObject([
    { step: 'look', by: 'operator', reason: 'the listing is known' },
  ]);
  expect(kim.events('step.started')).toEqual([]);
});

test('jumping and going back lead to another step without running anything', async () => {
  const [kim, terminal] = await start();
  terminal.press('enter');
  await terminal.waitFor('▸ Who owns it?');
  terminal.type('b');
  await say(terminal, '1 read will run again', '');
  await terminal.waitFor('▸ What takes the room?');
  terminal.type(':');
  await terminal.waitFor('go there');
  terminal.press('down');
  terminal.press('down');
  terminal.press('enter');
  await say(terminal, 'Why go to “Remove what is old”?', 'it is known what is old');
  await terminal.waitFor('▸ Remove what is old');
  expect(kim.events('step.started')).toHaveLength(1);
  terminal.press('enter');
  await terminal.waitFor('CHANGE');
  expect(kim.readWork('removed.txt')).toBe('');
  terminal.type('y');
  await terminal.waitFor('▸ Ask the monitoring');
  expect(kim.readWork('removed.txt')).toBe('removed\n');
});

test('the full output can be read and searched', async () => {
  const [, terminal] = await start();
  terminal.press('enter');
  await terminal.waitFor('▸ Who owns it?');
  terminal.type('o');
  await terminal.waitFor('line 1 of the listing');
  terminal.type('/');
  await terminal.waitFor((screen) => screen.split('\n').at(-1)?.startsWith(' /') === true);
  terminal.type('line 273');
  terminal.press('enter');
  await terminal.waitFor('line 273 of the listing');
  terminal.type('G');
  await terminal.waitFor('line 400 of the listing');
  terminal.press('escape');
  await terminal.waitFor('── Next ──');
});

test('help says what every key does, and Escape closes it', async () => {
  const [, terminal] = await start();
  terminal.type('?');
  const help = await terminal.waitFor('── Always');
  for (const word of ['note', 'output', 'leave', 'skip', 'jump']) expect(help).toContain(word);
  terminal.press('escape');
  await terminal.waitFor('── Next ──');
});

test('a step that failed shows what it said, and is marked done by hand with evidence', async () => {
  const [kim, terminal] = await start();
  terminal.type('a');
  await terminal.waitFor('y run it');
  terminal.type('y');
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('exit');
  expect(menu).toMatch(ANSWER);
  const [first] = menu.match(ANSWER) ?? [];
  terminal.type('r');
  await terminal.waitFor((screen) => {
    const [again] = screen.match(ANSWER) ?? [];
    return again !== undefined && again !== first && screen.includes('What next?');
  });
  expect(kim.events('step.started').filter(({ step }) => step === 'broken')).toHaveLength(2);
  terminal.type('m');
  await say(terminal, 'What is the evidence?', 'the graph is green');
  await terminal.waitFor('RESOLVED');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toContain('the graph is green');
});

test('inputs are changed before a step is run again', async () => {
  const [kim, terminal] = await start();
  terminal.type('s');
  await say(terminal, 'Why skip this step?', 'known');
  await terminal.waitFor('▸ Who owns it?');
  expect(terminal.text()).toContain('echo nobody in .');
  terminal.type(':');
  await terminal.waitFor('go there');
  terminal.press('down');
  terminal.press('down');
  terminal.press('enter');
  await say(terminal, 'Why go to “Ask the monitoring”?', 'to see it fail');
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor('What next?');
  terminal.type('e');
  await terminal.waitFor('retry with these');
  terminal.press('ctrl-u');
  await terminal.waitFor((screen) => !screen.includes('folder  .'));
  terminal.type('/var');
  terminal.press('enter');
  await terminal.waitFor('What next?');
  expect(kim.events('operator.acted').map(({ intent }) => intent)).toContainEqual({
    type: 'edit',
    inputs: { folder: '/var' },
  });
  terminal.type('x');
  await say(terminal, 'Why end the run?', 'enough');
  await terminal.waitFor('ABORTED');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 3, signal: 0 });
});
