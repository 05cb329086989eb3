import { expect, test } from 'vitest';
import { plainLines } from '#report/plain/event.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { viewOf } from '../fixtures/event-log.ts';
import { frameOf, pressed, typing } from '../fixtures/frame.tsx';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const ENTER = { name: 'enter' } as const;
const paste = (text: string) => ({ name: 'paste', text }) as const;

function sentBy(log: EventLog, keys: Parameters<typeof pressed>[1]) {
  return pressed(log, keys).effects.flatMap((one) => (one.type === 'send' ? [one.intent] : []));
}

test('evidence of several lines is shown, recorded and printed as several lines', () => {
  const keys = [...typing('m'), paste('free\r\n 14\r\n(1 row)\r\n')];
  expect(frameOf(troubles.atFailure, { keys })).toMatch(/ > free\n │ {2}14\n │ \(1 row\)▏\n/);
  const [intent] = sentBy(troubles.atFailure, [...keys, ENTER]);
  expect(intent).toEqual({ type: 'mark-done', evidence: 'free\n 14\n(1 row)' });
  if (intent === undefined) throw new Error('nothing was sent');
  const done = troubles.atFailure.add({
    type: 'operator.acted',
    step: 'holders',
    operator: 'ana',
    intent,
  });
  const record = done.events.at(-1);
  if (record === undefined) throw new Error('the log is empty');
  const lines = plainLines(record, { view: viewOf(done), columns: 80, shown: undefined });
  expect(lines.map(({ text }) => text.trim())).toEqual([
    expect.stringMatching(/ana marked the step done by hand: free$/),
    '14',
    '(1 row)',
  ]);
});

test('a pasted statement keeps its lines, so that a comment ends where it ended', () => {
  const keys = [...typing('!'), ENTER, paste('SELECT 1 -- one\nFROM pg_stat_activity')];
  expect(sentBy(troubles.atFailure, [...keys, ENTER])).toEqual([
    { type: 'adhoc', target: 'db', text: 'SELECT 1 -- one\nFROM pg_stat_activity' },
  ]);
});

test('of a long paste the lines around the cursor are shown, and how many there are', () => {
  const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
  const frame = frameOf(troubles.atFailure, { keys: [...typing('m'), paste(text)] });
  expect(frame).toContain(' │ line 39▏\n … of 40 lines');
  expect(frame.split('\n')).toHaveLength(24);
});

test('a paste into an answer or a phrase is one line', () => {
  const [answer] = sentBy(questions.atQuestion, [paste('v1\nv2'), ENTER]);
  expect(answer).toEqual({ type: 'answer', value: 'v1 v2' });
});
