import { expect, test } from 'vitest';
import { undecidedText } from '#events/wording/undecided.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { frameOf } from '../../fixtures/frame.tsx';
import * as story from '../../fixtures/pool-exhausted-log.ts';

const QUEUED = [{ name: 'result.row.queued', value: null }];

test('a value that is missing is named, in plain words', () => {
  expect(undecidedText({ reason: 'null > int has no value', values: QUEUED })).toBe(
    'result.row.queued has no value, so the condition is neither true nor false.',
  );
  const values = [{ name: 'result.row.used', value: '20' }];
  expect(undecidedText({ reason: 'string > int has no value', values })).toBe(
    'It compares a text with a number, so the condition is neither true nor false.',
  );
});

test('what is in plain words already stays as it is', () => {
  const reason = 'the list is not that long';
  expect(undecidedText({ reason, values: [] })).toBe(reason);
  expect(undecidedText({})).toBeUndefined();
});

test('the screen says it, and names the step that comes next in the file', () => {
  const log: EventLog = story.atFirstStart.add({
    type: 'operator.awaited',
    step: 'capacity',
    for: 'decision',
    can: ['choose', 'note', 'leave'],
    reason: 'null > int has no value',
    values: QUEUED,
    clauses: [{ condition: 'result.row.queued > 10', goto: 'done' }],
    clause: 0,
  });
  const screen = frameOf(log);
  expect(screen).toContain('result.row.queued has no value, so the');
  expect(screen).not.toContain('null > int');
  expect(screen).toContain(" 0  Is it the application's own pool?, the next step in the file");
  expect(screen).toMatch(/0–1 choose/);
});

test('what would say resolved after a failure is not offered, with the reason', () => {
  const log: EventLog = story.atFirstStart.add({
    type: 'operator.awaited',
    step: 'capacity',
    for: 'decision',
    can: ['choose', 'note', 'leave'],
    reason: 'there is no "row"',
    clauses: [
      { condition: 'result.row.queued > 10', goto: 'done' },
      { condition: 'error.kind == "dns"', goto: 'application_pool' },
    ],
    barred: [0, null],
    clause: 0,
    error: { kind: 'refused', message: 'nothing listens there' },
  });
  const screen = frameOf(log);
  expect(screen).not.toMatch(/^ *1 {2}/m);
  expect(screen).toContain(" 2  Is it the application's own pool?");
  expect(screen).not.toContain('the next step in the file');
  expect(screen.replaceAll(/\s+/g, ' ')).toContain('cannot be chosen: this step failed');
  expect(screen).toMatch(/2 choose/);
});
