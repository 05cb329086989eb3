import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { BURST_MS } from '#report/plain/prompts.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { afterChild } from '../../fixtures/inside-log.ts';
import { AT_FAILURE } from '../../fixtures/log-parts.ts';
import { sent, talk } from '../../fixtures/plain-talk.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';
import * as troubles from '../../fixtures/trouble-log.ts';

const CTRL_C = '\u0003';

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
        [': jump', ':'],
        ['go to step number', '4'],
        ['why?', 'the log first'],
      ],
      { type: 'jump', step: 'app_log', reason: 'the log first' },
    ],
    [
      'a clause by its number',
      troubles.atDecision,
      [
        ['Which branch? 1–2', '2'],
        ['Why this branch?', 'no row'],
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
        ['Enter continue, s skip', 's'],
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
        ['What prevented it?', ''],
        ['f not done', 'f'],
        ['What prevented it?', 'no rights'],
      ],
      { type: 'report', done: false, evidence: 'no rights' },
    ],
    [
      'a makes every step wait where a person is asked',
      failedInAuto,
      [['a step by step', 'a']],
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
        ['Which branch? 1–2', 'x'],
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
        ['Enter continue', CTRL_C],
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
  await vi.waitFor(() => expect(talking.shown()).toContain('A reason is required'));
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
    await vi.waitFor(() => expect(talking.shown()).toContain('What is the evidence?'));
    talking.type(`free\r 14\r(1 row)${end}`);
    await vi.waitFor(() => expect(talking.shown()).toContain('(1 row)'));
    if (end === '') {
      // The rest of a paste is not an answer before its Enter. Timers of one length fire in order, so
      // that of the prompt has fired.
      await setTimeout(BURST_MS);
      expect(talking.run.sent).toEqual([]);
      talking.type('\r');
    }
    const evidence = 'free\n 14\n(1 row)';
    expect(await sent(talking, troubles.atFailure)).toEqual([{ type: 'mark-done', evidence }]);
  }
});
