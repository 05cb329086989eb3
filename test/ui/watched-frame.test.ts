import { describe, expect, test } from 'vitest';
import { OPENED, type ScreenState, stateFor } from '#ui/keys/screen-state.ts';
import { drawWatched, pressWatched } from '#ui/panes/watched-frame.ts';
import type { Key } from '#ui/terminal/key.ts';
import { type EventLog, viewOf } from '../fixtures/event-log.ts';
import { inputOf } from '../fixtures/frame.tsx';
import * as inside from '../fixtures/inside-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as trouble from '../fixtures/trouble-log.ts';

const logs = Object.entries({ ...story, ...questions, ...trouble, ...inside }).filter(
  (entry): entry is [string, EventLog] => typeof entry[1] === 'object' && 'events' in entry[1],
);

const KEYS: readonly Key[] = [
  ...Array.from('abcdefghijklmnoprstuvwxyz0123456789?!/', (text): Key => ({ name: 'text', text })),
  ...(['enter', 'escape', 'tab', 'up', 'down', 'page-up', 'page-down', 'backspace'] as const).map(
    (name): Key => ({ name }),
  ),
  ...Array.from('nodr', (letter): Key => ({ name: 'ctrl', letter })),
  { name: 'paste', text: 'shop' },
];

function drawn(log: EventLog, state: ScreenState, size: { columns: number; rows: number }) {
  return drawWatched(inputOf(log, state, size));
}

function textOf(log: EventLog, columns = 80, rows = 24): string {
  const { lines } = drawn(log, stateFor(OPENED, viewOf(log)), { columns, rows });
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
}

describe.each(logs)('who watches %s', (_, log) => {
  test.each([
    [80, 24],
    [200, 60],
    [40, 12],
  ])('sees who runs it and no way to answer, at %d×%d', (columns, rows) => {
    const text = textOf(log, columns, rows);
    expect(text.split('\n').at(-1)).toMatch(/^ read-only.* q leave/);
    expect(text).not.toMatch(/to run it: |y run it|Esc do not| ⏎ | a {2}auto| s {2}skip/);
    expect(text.split('\n').length).toBeLessThanOrEqual(rows);
  });

  test('asks nothing of the run with any key, nor with any after it', () => {
    const view = viewOf(log);
    const pressAll = (from: ScreenState) => {
      const { page, scrollLimit, pagerWidth } = drawn(log, from, { columns: 80, rows: 24 });
      const context = {
        view,
        live: [],
        now: 0,
        columns: pagerWidth,
        page,
        scrollLimit,
        isSeen: true,
      };
      return KEYS.map((key) => pressWatched(from, key, context));
    };
    const once = pressAll(stateFor(OPENED, view));
    const opened = once.filter(({ state }) => state.overlay !== undefined);
    const all = [...once, ...opened.flatMap(({ state }) => pressAll(state))];
    expect(all.flatMap(({ effects }) => effects.map(({ type }) => type))).not.toContain('send');
    for (const { state } of all) expect([undefined, 'pager']).toContain(state.overlay?.kind);
  });
});

test('a key that does nothing is said to, beside who runs it', () => {
  const view = viewOf(story.atGate);
  const frame = drawn(story.atGate, stateFor(OPENED, view), { columns: 80, rows: 24 });
  const context = { ...frame, view, live: [], now: 0, columns: frame.pagerWidth, isSeen: true };
  const { state, effects } = pressWatched(stateFor(OPENED, view), { name: 'enter' }, context);
  expect(effects).toEqual([]);
  const { lines } = drawn(story.atGate, state, { columns: 80, rows: 24 });
  const last = (lines.at(-1) ?? []).map(({ text }) => text).join('');
  expect(last).toMatch(/^ read-only · ana is asked · no such key .* q leave/);
});

test('the gate is shown as it is, without its question', () => {
  const text = textOf(story.atGate);
  expect(text).toContain('DESTRUCTIVE');
  expect(text).toContain('pg_terminate_backend');
  expect(text).toContain('11 sessions to terminate');
  expect(text).toContain('read-only · ana is asked');
});

test('keys that arrive at once do not lead who watches away, and are said to do nothing', () => {
  const log = story.atSecondStart;
  const { page, scrollLimit, pagerWidth: columns } = drawn(log, OPENED, { columns: 80, rows: 24 });
  const about = { view: viewOf(log), live: [], now: 0, page, scrollLimit, columns, isSeen: true };
  let state: ScreenState = OPENED;
  for (const text of 'aqo') {
    const next = pressWatched(state, { name: 'text', text }, { ...about, isOfSeveral: true });
    expect(next.effects).toEqual([]);
    state = next.state;
  }
  expect(state).toMatchObject({ overlay: undefined, notice: expect.stringMatching(/^Several/) });
});
