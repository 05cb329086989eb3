import { expect, test } from 'vitest';
import { lineWidth } from '#ui/draw/line.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import type { Key } from '#ui/terminal/key.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { inputOf, pressed, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';
import { draws, fc } from '../support/properties.ts';

const LOGS: readonly EventLog[] = Object.values({ ...story, ...questions, ...troubles });

const KEYS: readonly Key[] = [
  ...typing('asj:kgbemnod?qyxfrc/0123GN '),
  { name: 'enter' },
  { name: 'escape' },
  { name: 'down' },
  { name: 'page-down' },
  { name: 'up' },
  { name: 'ctrl', letter: 'c' },
  { name: 'ctrl', letter: 'n' },
  { name: 'ctrl', letter: 'd' },
  { name: 'ctrl', letter: 'u' },
  { name: 'tab' },
  { name: 'paste', text: `a\nlong ${'x'.repeat(300)}` },
];

test('no frame is ever larger than its terminal, wherever the run stands and whatever was pressed', () => {
  const input = fc.record({
    log: fc.constantFrom(...LOGS),
    length: fc.nat(60),
    keys: fc.array(fc.constantFrom(...KEYS), { maxLength: 6 }),
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 60 }),
    later: fc.nat(4_000_000),
  });
  fc.assert(
    fc.property(input, ({ log, length, keys, columns, rows, later }) => {
      const events = log.events.slice(0, 1 + (length % log.events.length));
      const prefix = { ...log, events };
      const size = { columns, rows, later };
      const { state } = pressed(prefix, keys, size);
      const { lines } = drawFrame(inputOf(prefix, state, size));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
    }),
    draws(300),
  );
});

test('from 80 by 24 the frame fills the terminal, so that nothing of an old one is left', () => {
  for (const log of LOGS) {
    for (const [columns, rows] of [
      [80, 24],
      [200, 50],
    ] as const) {
      const { state } = pressed(log, []);
      const { lines } = drawFrame(inputOf(log, state, { columns, rows }));
      expect(lines).toHaveLength(rows);
    }
  }
});
