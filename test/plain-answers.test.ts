import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import type { Intent } from '../src/events/intent.ts';
import { printPlain } from '../src/report/plain.ts';
import { openPrompts } from '../src/report/prompts.ts';
import type { EventLog } from './fixtures/event-log.ts';
import { afterChild } from './fixtures/inside-log.ts';
import { AT_FAILURE } from './fixtures/log-parts.ts';
import * as story from './fixtures/pool-exhausted-log.ts';
import * as questions from './fixtures/question-log.ts';
import { scriptedRun } from './fixtures/scripted-run.ts';
import * as troubles from './fixtures/trouble-log.ts';

const CTRL_C = '\u0003';
const BELL = '\u0007';

const failedInAuto = troubles.atFailure.add(
  {
    type: 'operator.acted',
    step: 'holders',
    operator: 'ana',
    intent: { type: 'auto', on: true },
  },
  { type: 'operator.awaited', step: 'holders', for: 'failure', can: [...AT_FAILURE, 'auto'] },
);

const skippableGate = story.atGate.add({
  type: 'operator.awaited',
  step: 'terminate_idle',
  for: 'gate',
  can: ['confirm', 'decline', 'skip', 'note', 'leave'],
});

/** Prints a run to a person at a terminal of lines. */
function talk(
  log: EventLog,
  options: {
    readonly clock?: () => number;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  const { files = {}, ...more } = options;
  const run = scriptedRun(log, { files });
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const over = printPlain({
    run,
    write: (line) => output.write(`${line}\n`),
    interactive: openPrompts(input, output),
    ...more,
  });
  over.catch(() => undefined);
  return {
    run,
    over,
    shown: () => shown,
    /** Types a line once the prompt is there. */
    async answer(prompt: string, line: string) {
      await vi.waitFor(() => expect(shown.slice(shown.lastIndexOf('\n') + 1)).toContain(prompt));
      input.write(line === CTRL_C ? line : `${line}\r`);
    },
    type: (text: string) => input.write(text),
    end: () => input.end(),
  };
}

/** Waits for an intent, and ends the run. */
async function sent(talking: ReturnType<typeof talk>, log: EventLog): Promise<readonly Intent[]> {
  await vi.waitFor(() => expect(talking.run.sent).not.toHaveLength(0));
  talking.run.goOn(log.add({ type: 'run.paused', reason: 'the test is over' }));
  await talking.over;
  return talking.run.sent.slice(0, 1);
}

describe('lines become intents', () => {
  test.each<
    readonly [
      what: string,
      log: EventLog,
      lines: readonly (readonly [prompt: string, line: string])[],
      intent: Intent,
    ]
  >([
    ['Enter runs the step', story.atSecondStart, [['Enter run', '']], { type: 'continue' }],
    [
      's skips with a reason',
      story.atSecondStart,
      [
        ['s skip', 's'],
        ['Why skip', 'not needed'],
      ],
      { type: 'skip', reason: 'not needed' },
    ],
    [
      'the phrase confirms',
      story.atGate,
      [['Type shop to run it', 'shop']],
      { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' },
    ],
    [
      'another phrase confirms nothing and is asked again',
      story.atGate,
      [
        ['Type shop to run it', 'yes'],
        ['Type shop to run it', 'r'],
      ],
      { type: 'refresh' },
    ],
    [
      'x declines with a reason',
      story.atGate,
      [
        ['x decline', 'x'],
        ['Why not?', 'too many'],
      ],
      { type: 'decline', reason: 'too many' },
    ],
    [
      'a key confirms a change',
      questions.atKeyGate,
      [
        ['Run it? y', ''],
        ['Run it? y', 'y'],
      ],
      { type: 'confirm', digest: 'sha256:77aa' },
    ],
    ['a menu by letter', troubles.atFailure, [['r retry, e edit', 'r']], { type: 'retry' }],
    [
      'inputs are asked one by one, empty ones stay',
      troubles.atFailure,
      [
        ['e edit', 'e'],
        ['database_url [unchanged]', ''],
        ['idle_for [10m]', '30m'],
      ],
      { type: 'edit', inputs: { idle_for: '30m' } },
    ],
    [
      'a step to go to, by its number',
      troubles.atFailure,
      [
        ['j jump', 'j'],
        ['go to step number', '4'],
        ['why?', 'the log first'],
      ],
      { type: 'jump', step: 'app_log', reason: 'the log first' },
    ],
    [
      'a clause by its number',
      troubles.atDecision,
      [
        ['Which way? 1–2', '2'],
        ['Why this way?', 'no row'],
      ],
      { type: 'choose', clause: 1, reason: 'no row' },
    ],
    [
      'a choice by its number',
      questions.atChoice,
      [['answer', '3']],
      { type: 'answer', value: 'it does not say' },
    ],
    [
      'a manual step is reported',
      questions.atManual,
      [
        ['y done', 'y'],
        ['What did you see?', 'all ready'],
      ],
      { type: 'report', done: true, evidence: 'all ready' },
    ],
    [
      'a note',
      story.atSecondStart,
      [
        ['n note', 'n'],
        ['note:', 'pager was late'],
      ],
      { type: 'note', text: 'pager was late' },
    ],
    [
      'Ctrl-C at a question offers the other ways',
      questions.atQuestion,
      [
        ['answer', CTRL_C],
        ['Enter go on, s skip', 's'],
        ['Why skip', 'unknown'],
      ],
      { type: 'skip', reason: 'unknown' },
    ],
    [
      'Ctrl-C and x end the run for good',
      story.atGate,
      [
        ['Type shop', CTRL_C],
        ['x abort', 'x'],
        ['Why end the run?', 'wrong host'],
      ],
      { type: 'abort', reason: 'wrong host' },
    ],
    [
      'u undoes one of several, with a reason',
      afterChild,
      [
        ['u undo', 'u'],
        ['undo number', '2'],
        ['Why undo it?', 'too early'],
      ],
      { type: 'undo', step: 'hosts', reason: 'too early' },
    ],
    [
      'c checks whether it took effect',
      troubles.atUnknown,
      [['c check', 'c']],
      { type: 'recheck' },
    ],
    [
      'f reports that a manual step is not done, and why',
      questions.atManual,
      [
        ['f not done', 'f'],
        ['What got in the way?', ''],
        ['f not done', 'f'],
        ['What got in the way?', 'no rights'],
      ],
      { type: 'report', done: false, evidence: 'no rights' },
    ],
    [
      'a turns AUTO off where a person is asked',
      failedInAuto,
      [['a auto off', 'a']],
      { type: 'auto', on: false },
    ],
    [
      's goes on without the step at a gate that asks for a phrase',
      skippableGate,
      [
        ['Type shop to run it', 's'],
        ['Why skip', 'not ours'],
      ],
      { type: 'skip', reason: 'not ours' },
    ],
    [
      'x ends the run at a decision, and not without a reason',
      troubles.atDecision,
      [
        ['Which way? 1–2', 'x'],
        ['Why end the run?', ''],
        ['x abort', 'x'],
        ['Why end the run?', 'wrong host'],
      ],
      { type: 'abort', reason: 'wrong host' },
    ],
    [
      'Ctrl-C twice leaves',
      story.atGate,
      [
        ['Type shop', CTRL_C],
        ['Enter go on', CTRL_C],
      ],
      { type: 'leave' },
    ],
  ])('%s', async (_, log, lines, intent) => {
    const talking = talk(log);
    for (const [prompt, line] of lines) await talking.answer(prompt, line);
    expect(await sent(talking, log)).toEqual([intent]);
  });
});

test('a secret answer is not shown', async () => {
  const talking = talk(questions.atSecret);
  await talking.answer('answer', 'hunter2');
  expect(await sent(talking, questions.atSecret)).toEqual([{ type: 'answer', value: 'hunter2' }]);
  expect(talking.shown()).not.toContain('hunter2');
});

test('a reason that is required is asked for again', async () => {
  const talking = talk(story.atSecondStart);
  await talking.answer('s skip', 's');
  await talking.answer('Why skip', '');
  await vi.waitFor(() => expect(talking.shown()).toContain('That needs a few words'));
  await talking.answer('Enter run', '');
  expect(await sent(talking, story.atSecondStart)).toEqual([{ type: 'continue' }]);
});

test('Ctrl-C while something runs stops it, the second one ends it', async () => {
  const talking = talk(questions.runningShell);
  await talking.answer('', CTRL_C);
  await vi.waitFor(() => expect(talking.run.sent).toEqual([{ type: 'stop' }]));
  await talking.answer('', CTRL_C);
  await vi.waitFor(() => expect(talking.run.sent.at(-1)).toEqual({ type: 'cancel' }));
  talking.run.fail(new Error('the test is over'));
  await expect(talking.over).rejects.toThrow('the test is over');
});

test('what was typed before the question was there does not answer it', async () => {
  const talking = talk(questions.runningShell);
  await talking.answer('', 'y');
  talking.type('half a line');
  await vi.waitFor(() => expect(talking.shown()).toContain('half a line'));
  talking.run.goOn(questions.afterShell);
  await talking.answer('Enter run', 'a');
  expect(await sent(talking, questions.afterShell)).toEqual([{ type: 'auto', on: true }]);
});

test('when the terminal goes away, the run is left', async () => {
  const talking = talk(story.atGate);
  talking.end();
  expect(await sent(talking, story.atGate)).toEqual([{ type: 'leave' }]);
});

test('what is typed in the moment the question is put does not answer it', async () => {
  const asked = questions.atKeyGate.events.slice(-2).map(({ event }) => event);
  const gate = questions.runningShell.add(...asked);
  const talking = talk(questions.runningShell);
  talking.run.goOn(gate);
  // What was typed while the program was busy is read in the turn after the question was put.
  for (let count = 0; count < 50; count += 1) await Promise.resolve();
  talking.type('y\r');
  await vi.waitFor(() => expect(talking.shown()).toContain('Run it? y'));
  await talking.answer('Run it? y', 'x');
  await talking.answer('Why not', '');
  expect(await sent(talking, gate)).toEqual([{ type: 'decline', reason: '' }]);
});

test('evidence of several lines that are pasted is one answer, also without a last line end', async () => {
  for (const end of ['\r', '']) {
    const talking = talk(troubles.atFailure);
    await talking.answer('m mark done', 'm');
    await vi.waitFor(() => expect(talking.shown()).toContain('What shows that it is done?'));
    talking.type(`free\r 14\r(1 row)${end}`);
    await vi.waitFor(() => expect(talking.shown()).toContain('(1 row)'));
    if (end === '') {
      // The rest of a paste is not an answer before its Enter.
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(talking.run.sent).toEqual([]);
      talking.type('\r');
    }
    const evidence = 'free\n 14\n(1 row)';
    expect(await sent(talking, troubles.atFailure)).toEqual([{ type: 'mark-done', evidence }]);
  }
});

test('input that ends in the middle of a question confirms nothing, and leaves the run', async () => {
  const talking = talk(story.atGate);
  await vi.waitFor(() => expect(talking.shown()).toContain('Type shop to run it'));
  talking.type('shop');
  talking.end();
  expect(await sent(talking, story.atGate)).toEqual([{ type: 'leave' }]);
});

test('d shows all about what is asked, and asks again', async () => {
  const talking = talk(story.atGate);
  await talking.answer('Type shop to run it', 'd');
  await vi.waitFor(() => expect(talking.shown().match(/digest sha256:9b1e/g)).toHaveLength(2));
  await vi.waitFor(() => expect(talking.shown()).toMatch(/found: 17 of 17 usable[^]*Type shop/));
  expect(talking.shown()).not.toContain('Nothing was run.');
  await talking.answer('Type shop to run it', 'shop');
  const confirm = { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' };
  expect(await sent(talking, story.atGate)).toEqual([confirm]);
});

test('d says again what a decision is about, and why the step is there', async () => {
  const talking = talk(troubles.atDecision);
  await talking.answer('d details', 'd');
  await vi.waitFor(() =>
    expect(talking.shown().match(/Are free slots back\? \(/g)).toHaveLength(1),
  );
  expect(talking.shown().match(/1 {2}Resolved, if result\.row\.free >= 5/g)).toHaveLength(2);
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

test('o says that there is no output yet', async () => {
  const talking = talk(story.atFirstStart);
  await talking.answer('o output', 'o');
  await vi.waitFor(() => expect(talking.shown()).toContain('there is no output yet'));
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
  await vi.waitFor(() => expect(talking.shown().match(/Enter run/g)).toHaveLength(2));
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
