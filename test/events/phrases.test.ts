import { expect, test } from 'vitest';
import { briefValueTexts, errorText } from '#events/wording/phrases.ts';

test('rows in a condition are counted, and long values truncated', () => {
  const values = [
    { name: 'result.rows', value: [{ pid: 1 }, { pid: 2 }] },
    { name: 'result.lines', value: ['a', 'b'] },
    { name: 'result.stdout', value: 'x'.repeat(500) },
    { name: 'result.row.free', value: 3 },
  ];
  const [rows, lines, stdout = '', free] = briefValueTexts(values);
  expect([rows, lines, free]).toEqual([
    'result.rows = 2 rows',
    'result.lines = ["a","b"]',
    'result.row.free = 3',
  ]);
  expect(stdout).toHaveLength('result.stdout = '.length + 80);
  expect(stdout).toMatch(/x…$/);
});

test.each([
  [{ kind: 'exit', code: '2', message: 'exit 2: ls: no such file' }, 'exit 2: ls: no such file'],
  [{ kind: 'exit', code: '3', message: 'it broke' }, 'exit · 3: it broke'],
  [
    { kind: 'reset', phase: 'query', message: 'reset by the server' },
    'reset · query: reset by the server',
  ],
  [{ kind: 'auth', phase: 'auth', code: '28P01', message: 'rejected' }, 'auth · 28P01: rejected'],
] as const)('an error says its name once: %j', (error, text) => {
  expect(errorText(error)).toBe(text);
});
