import { describe, expect, test } from 'vitest';
import { type Line, lineText, type Span } from '#ui/draw/line.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import type { Key } from '#ui/terminal/key.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { inputOf, pressed, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const LOGS: readonly EventLog[] = [
  story.atFirstStart,
  story.atGate,
  story.terminating,
  story.resolved,
  questions.atQuestion,
  troubles.atFailure,
];

const KEYS: readonly (readonly Key[])[] = [
  [],
  ...['o', 'd', '?', 'n', ':', 'e', '!', 'q', 's'].map(typing),
  [{ name: 'ctrl', letter: 'c' }],
  [{ name: 'tab' }],
];

function linesOf(log: EventLog, keys: readonly Key[], columns: number, rows: number) {
  const size = { columns, rows };
  const { state } = pressed(log, keys, size);
  return drawFrame(inputOf(log, state, size)).lines;
}

function dryRun(log: EventLog): EventLog {
  const events = log.events.map((record) => {
    const { event } = record;
    return event.type === 'run.started'
      ? { ...record, event: { ...event, mode: 'dry-run' as const } }
      : record;
  });
  return { ...log, events };
}

test.each([
  [200, 50],
  [80, 24],
  [20, 8],
])(
  'at %s by %s LIVE or DRY RUN is said wherever the run stands, and over all that is in front',
  (columns, rows) => {
    for (const log of LOGS)
      for (const keys of KEYS) {
        expect(lineText(linesOf(log, keys, columns, rows)[0] ?? [])).toContain(' LIVE ');
        expect(lineText(linesOf(dryRun(log), keys, columns, rows)[0] ?? [])).toContain(' DRY RUN ');
      }
  },
);

describe('for every eye, on black and on white', () => {
  const spans = (lines: readonly Line[]): readonly Span[] => lines.flat();
  const all = LOGS.flatMap((log) => KEYS.flatMap((keys) => spans(linesOf(log, keys, 100, 30))));

  test('only red and magenta colour words; green colours signs that stand beside words', () => {
    const green = all.filter(({ color }) => color === 'green').map(({ text }) => text.trim());
    expect([...new Set(green)].filter((text) => /\p{L}/u.test(text) && text !== '● rec')).toEqual(
      [],
    );
    const colours = new Set(all.flatMap(({ color }) => color ?? []));
    expect([...colours].toSorted()).toEqual(['green', 'magenta', 'red']);
  });

  test('nothing that a confirmation depends on is dim', () => {
    const dim = (text: string) =>
      spans(linesOf(story.atGate, [], 100, 30)).some(
        (one) => one.dim === true && one.text.includes(text),
      );
    for (const text of [
      'shop',
      'SELECT',
      'pinned',
      'read 0 s ago',
      'Cannot be undone:',
      '57P01',
      'Type',
      'ana on',
    ])
      expect(dim(text)).toBe(false);
  });
});
