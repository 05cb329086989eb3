import { describe, expect, test } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { type Block, blockLines } from '#ui/draw/block.ts';
import { lineText } from '#ui/draw/line.ts';
import { withFile, withoutFile } from '#ui/draw/output-blocks.ts';
import type { Key } from '#ui/terminal/key.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { pressed, TO_THE_END, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const ENTER: Key = { name: 'enter' };
const ESCAPE: Key = { name: 'escape' };
const ctrl = (letter: string): Key => ({ name: 'ctrl', letter });

/** A run that was let go by itself, and waits for a person. */
const AUTO_AT_MANUAL: EventLog = questions.atManual.add(
  {
    type: 'operator.acted',
    step: 'lower_pool',
    operator: 'kim',
    intent: { type: 'auto', on: true },
  },
  {
    type: 'operator.awaited',
    step: 'lower_pool',
    for: 'report',
    can: ['report', 'auto', 'skip', 'jump', 'leave'],
    prompt: 'Set DB_POOL_SIZE=5.',
  },
);

const LEAVING_OUT: EventLog = story.atGate.add({
  type: 'operator.awaited',
  step: 'terminate_idle',
  for: 'gate',
  can: ['confirm', 'decline', 'refresh', 'leave-out'],
});

function sentBy(log: EventLog, keys: readonly Key[]): readonly Intent[] {
  return pressed(log, keys).effects.flatMap((effect) =>
    effect.type === 'send' ? [effect.intent] : [],
  );
}

describe('keys become intents', () => {
  test.each<readonly [what: string, log: EventLog, keys: readonly Key[], intent: Intent]>([
    ['Enter runs the next step', story.atSecondStart, [ENTER], { type: 'continue' }],
    ['a lets reads run', story.atSecondStart, typing('a'), { type: 'auto', on: true }],
    [
      'a lets nothing run by itself any more, also where a person is needed',
      AUTO_AT_MANUAL,
      typing('a'),
      { type: 'auto', on: false },
    ],
    [
      's skips with a reason',
      story.atSecondStart,
      [...typing('sno need'), ENTER],
      { type: 'skip', reason: 'no need' },
    ],
    [
      'b goes back to the previous step',
      story.atSecondStart,
      [...typing('b'), ENTER],
      { type: 'jump', step: 'capacity', reason: 'back' },
    ],
    [
      ': goes to a step of the list',
      story.atSecondStart,
      [...typing(':j'), ENTER, ENTER],
      { type: 'jump', step: 'app_log', reason: '' },
    ],
    [
      'm marks done with evidence',
      troubles.atFailure,
      [...typing('mseen in psql'), ENTER],
      { type: 'mark-done', evidence: 'seen in psql' },
    ],
    ['r retries', troubles.atFailure, typing('r'), { type: 'retry' }],
    [
      'e changes inputs and retries; only what changed is sent',
      troubles.atFailure,
      [...typing('e'), { name: 'down' }, ctrl('u'), ...typing('30m'), ENTER],
      { type: 'edit', inputs: { idle_for: '30m' } },
    ],
    [
      'n writes a note',
      story.atSecondStart,
      [...typing('npager was late'), ENTER],
      { type: 'note', text: 'pager was late' },
    ],
    ['q and y leave', story.atSecondStart, typing('qy'), { type: 'leave' }],
    [
      'x aborts with a reason',
      troubles.atFailure,
      [...typing('xwrong host'), ENTER],
      { type: 'abort', reason: 'wrong host' },
    ],
    ['c checks an unknown outcome', troubles.atUnknown, typing('c'), { type: 'recheck' }],
    [
      'the phrase and Enter confirm exactly what is shown',
      story.atGate,
      [...TO_THE_END, ...typing('shop'), ENTER],
      { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' },
    ],
    [
      'Escape declines, with or without a reason',
      story.atGate,
      [ESCAPE, ENTER],
      { type: 'decline', reason: '' },
    ],
    [
      'Ctrl-L leaves out the row whose first value is typed',
      LEAVING_OUT,
      [ctrl('l'), ...typing('48120'), ENTER],
      { type: 'leave-out', digest: 'sha256:9b1e', rows: [1] },
    ],
    ['Ctrl-R reads the rows again', story.atGate, [ctrl('r')], { type: 'refresh' }],
    [
      'a note at a gate does not become its phrase',
      story.atGate,
      [ctrl('n'), ...typing('shop'), ENTER],
      { type: 'note', text: 'shop' },
    ],
    [
      'y confirms a change that needs one key',
      questions.atKeyGate,
      typing('y'),
      { type: 'confirm', digest: 'sha256:77aa' },
    ],
    [
      'a number and a reason decide what a condition could not',
      troubles.atDecision,
      [...typing('2nobody knows'), ENTER],
      { type: 'choose', clause: 1, reason: 'nobody knows' },
    ],
    [
      '0 is the next step in the file',
      troubles.atDecision,
      [...typing('0so be it'), ENTER],
      { type: 'choose', clause: null, reason: 'so be it' },
    ],
    [
      'a choice is moved to and answered',
      questions.atChoice,
      [{ name: 'down' }, { name: 'down' }, { name: 'up' }, ENTER],
      { type: 'answer', value: 'some are free' },
    ],
    [
      'a text is answered',
      questions.atQuestion,
      [...typing('v1.5'), { name: 'backspace' }, ...typing('4'), ENTER],
      { type: 'answer', value: 'v1.4' },
    ],
    [
      'done is reported with evidence',
      questions.atManual,
      [...typing('yall ready'), ENTER],
      { type: 'report', done: true, evidence: 'all ready' },
    ],
    [
      'not done says what got in the way',
      questions.atManual,
      [...typing('fno access'), ENTER],
      { type: 'report', done: false, evidence: 'no access' },
    ],
    ['Enter goes on after a stop', troubles.atStop, [ENTER], { type: 'continue' }],
    ['Ctrl-C twice at rest leaves', story.atGate, [ctrl('c'), ctrl('c')], { type: 'leave' }],
    [
      'Ctrl-C and x abort',
      story.atGate,
      [ctrl('c'), ...typing('xenough'), ENTER],
      { type: 'abort', reason: 'enough' },
    ],
    ['Ctrl-C stops what runs', story.terminating, [ctrl('c')], { type: 'stop' }],
  ])('%s', (_, log, keys, intent) => {
    expect(sentBy(log, keys)).toEqual([intent]);
  });
});

describe('nothing happens', () => {
  test.each<readonly [what: string, log: EventLog, keys: readonly Key[]]>([
    ['Enter alone at a typed gate', story.atGate, [ENTER]],
    ['another phrase', story.atGate, [...typing('Shop'), ENTER]],
    ['y at a typed gate', story.atGate, [...typing('y'), ENTER]],
    ['Enter at a gate that needs a key', questions.atKeyGate, [ENTER]],
    ['any letter but y at such a gate', questions.atKeyGate, typing('Yzk1 ')],
    ['a skip without a reason', story.atSecondStart, [...typing('s'), ENTER]],
    ['a skip given up', story.atSecondStart, [...typing('swhy'), ESCAPE]],
    ['an answer without a text', questions.atQuestion, [ENTER]],
    ['Enter in a menu', troubles.atFailure, [ENTER]],
    ['edit where it is not possible', troubles.atUnknown, typing('e')],
    ['an edit that changes nothing', troubles.atFailure, [...typing('e'), ENTER]],
    ['a number no clause has', troubles.atDecision, typing('7')],
    ['q and anything but y', story.atSecondStart, typing('qn')],
    ['Enter while something runs', story.terminating, [ENTER, ...typing('rsq')]],
    ['a paste where nothing is typed', story.atSecondStart, [{ name: 'paste', text: '\n' }]],
    ['Ctrl-C once at rest', story.atGate, [ctrl('c')]],
    ['a typed-ahead phrase in a note', story.atGate, [ctrl('n'), ...typing('shop'), ESCAPE]],
  ])('%s', (_, log, keys) => {
    expect(sentBy(log, keys)).toEqual([]);
  });
});

test('the same Enter twice sends one intent', () => {
  expect(sentBy(story.atSecondStart, [ENTER, ENTER])).toHaveLength(1);
});

test('a refused phrase stays to be corrected', () => {
  const backspace = { name: 'backspace' } as const;
  const keys = [...TO_THE_END, ...typing('shob'), ENTER, backspace, ...typing('p'), ENTER];
  expect(sentBy(story.atGate, keys)).toHaveLength(1);
});

test('a phrase typed while the rows are read again opens nothing', () => {
  const reading = story.atGate.add({
    type: 'gate.answered',
    step: 'terminate_idle',
    answer: 'refresh',
    operator: 'ana',
    digest: 'sha256:9b1e',
  });
  const { state, effects } = pressed(reading, [...typing('shop'), ENTER]);
  expect(state.overlay).toBeUndefined();
  expect(effects).toEqual([]);
});

test('an answer can be left alone to use the other keys', () => {
  expect(sentBy(questions.atQuestion, [ESCAPE, ...typing('snot known'), ENTER])).toEqual([
    { type: 'skip', reason: 'not known' },
  ]);
});

test('a secret input that was not touched is not sent', () => {
  const keys = [...typing('e'), ...typing('x'), { name: 'backspace' } as const, ENTER];
  expect(sentBy(troubles.atFailure, keys)).toEqual([]);
});

test('at the end q and Enter close the screen, Enter not within the first second', () => {
  expect(pressed(story.resolved, [ENTER], { later: 900 }).effects).toEqual([]);
  expect(pressed(story.resolved, typing('q')).effects).toEqual([{ type: 'exit' }]);
  expect(pressed(story.resolved, [ENTER], { later: 1_000 }).effects).toEqual([{ type: 'exit' }]);
  expect(pressed(story.resolved, typing('s')).effects).toEqual([]);
  expect(pressed(story.resolved, typing('t')).effects).toEqual([
    { type: 'read-document', document: 'transcript' },
  ]);
  expect(pressed(story.resolved, typing('p')).effects).toEqual([
    { type: 'read-document', document: 'postmortem' },
  ]);
});

test('o shows what the step that runs has printed last, and not what ran before it', () => {
  const live = { step: 'app_log', lines: ['request 41', 'request 42'], bytes: 22 };
  const { state, effects } = pressed(questions.runningShell, typing('o'), { live });
  expect(state.overlay).toMatchObject({ kind: 'pager', title: 'What does the application say?' });
  expect(JSON.stringify(state.overlay)).toContain('request 41\\nrequest 42');
  expect(effects).toEqual([]);
});

test('o reads what the step that runs printed from its files; where they have less, its last lines stay', () => {
  const file = 'outputs/app_log.1.action.1.stdout';
  const live = { step: 'app_log', lines: ['request 41', 'request 42'], bytes: 22, files: [file] };
  const { state, effects } = pressed(questions.runningShell, typing('o'), { live });
  expect(effects).toEqual([{ type: 'read-output', files: [file] }]);
  const blocks = state.overlay?.kind === 'pager' ? state.overlay.blocks : [];
  const shown = (of: readonly Block[]) => blockLines(of, 80).map(lineText).join('\n');
  const read = shown(withFile(blocks, file, 'request 1\nrequest 42\n'));
  expect(read).toMatch(/22 bytes when this was opened[\s\S]*request 1\nrequest 42\n/);
  expect(read).not.toContain('request 41');
  expect(shown(withoutFile(blocks, file, 'it is gone'))).toMatch(
    /cannot be read: it is gone\n[\s\S]*request 41\nrequest 42/,
  );
  const beyond = { ...live, droppedBytes: 9 };
  const pager = pressed(questions.runningShell, typing('o'), { live: beyond }).state.overlay;
  expect(JSON.stringify(pager)).toMatch(/"file".*Last lines.*request 41\\nrequest 42/);
});

test('o asks for the output files of the step that is shown', () => {
  expect(pressed(questions.afterShell, typing('o')).effects).toEqual([
    { type: 'read-output', files: ['output/app_log-1-action-1.stdout'] },
  ]);
});

test('of an output whose end was not kept, the pager ends with the end that was recorded', () => {
  const beyond = questions.runningShell.add({
    type: 'step.finished',
    step: 'app_log',
    visit: 1,
    part: 'action',
    attempt: 1,
    status: 'succeeded',
    ms: 1_900,
    outputs: [
      {
        stream: 'stdout',
        file: 'outputs/app_log.1.action.1.stdout',
        bytes: 67_108_864,
        droppedBytes: 10_000,
        sha256: 'aa',
        head: 'request 1\n',
        tail: 'est 41\nrequest 42\nrequest 43\n',
      },
    ],
  });
  const { overlay } = pressed(beyond, typing('o')).state;
  const lines = overlay?.kind === 'pager' ? blockLines(overlay.blocks, 80).map(lineText) : [];
  expect(lines.join('\n')).toMatch(
    /10000 more bytes not kept[\s\S]*reading [\s\S]*Last lines:\n\nrequest 42\nrequest 43\n/,
  );
  expect(lines.join('\n')).not.toContain('est 41');
});
