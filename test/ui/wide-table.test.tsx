import { expect, test } from 'vitest';
import { fromColumn, lineText, span } from '#ui/draw/line.ts';
import type { Key } from '#ui/terminal/key.ts';
import { emptyLog } from '../fixtures/event-log.ts';
import { frameOf, typing } from '../fixtures/frame.tsx';
import { read } from '../fixtures/log-parts.ts';
import { CAPACITY, RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';

const RIGHT: Key = { name: 'right' };

const COLUMNS = ['pid', 'application', 'state', 'client', 'query', 'last'];

const wide = emptyLog().add(
  RUN_STARTED,
  { type: 'step.entered', step: 'capacity', visit: 1 },
  ...read('capacity', CAPACITY, 12, {
    columns: COLUMNS,
    rows: [
      {
        pid: 4711,
        application: 'レポート作成',
        state: null,
        client: 'a\u001b[2Jb\u0007',
        query: `SELECT ${'x, '.repeat(20)}y`,
        last: 'the end of it',
      },
      {
        pid: 4712,
        application: 'shop',
        state: 'idle',
        client: '10.0.0.7',
        query: 'BEGIN',
        last: '',
      },
    ],
  }),
);

test('rows too wide for the screen stand upright, nothing of them cut', () => {
  const frame = frameOf(wide, { keys: typing('o') });
  expect(frame).toMatch(/row 1 of 2[\s\S]*state {8}∅[\s\S]*last {9}the end of it/);
  expect(frame).toContain('t as a table');
});

test('as a table they are moved sideways, the columns staying in line, and back upright', () => {
  const table = frameOf(wide, { keys: typing('ot') });
  expect(table).toMatch(/ pid {2}application {2}state {2}client {4}query/);
  expect(table).toMatch(/4711 {2}レポート作成 {2}∅/);
  expect(table).toContain('←→ sideways');
  const moved = frameOf(wide, {
    keys: [...typing('ot'), ...Array.from({ length: 4 }, () => RIGHT)],
  });
  expect(moved).toContain('the end of it');
  expect(moved).not.toContain('4711');
  const lines = moved.split('\n');
  const column = lines.find((line) => line.trimEnd().endsWith('last'))?.indexOf('last') ?? -1;
  expect(lines.find((line) => line.includes('the end of it'))?.indexOf('the end')).toBe(column);
  expect(frameOf(wide, { keys: typing('ott') })).toContain('row 1 of 2');
});

test('a wide character cut by the left edge leaves its place empty, not the line shorter', () => {
  const cut = (columns: number) => lineText(fromColumn([span('aレ'), span('ポb')], columns));
  expect([0, 1, 2, 3, 4, 5, 9].map(cut)).toEqual(['aレポb', 'レポb', ' ポb', 'ポb', ' b', 'b', '']);
});

test('what would steer the terminal is shown as signs, in both views', () => {
  for (const keys of ['o', 'ot']) {
    expect(frameOf(wide, { keys: typing(keys) })).toContain('a␛[2Jb␇');
  }
});
