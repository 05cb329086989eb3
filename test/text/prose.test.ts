import { expect, test } from 'vitest';
import { wrapProse } from '#text/prose.ts';
import { textTable } from '#text/table.ts';

test('later lines of a paragraph stand under its text', () => {
  expect(wrapProse('  - The server is full: 16 connections.', 24)).toBe(
    '  - The server is full:\n    16 connections.',
  );
  expect(wrapProse('  resume:     runbook resume a-run', 28)).toBe(
    '  resume:     runbook resume\n              a-run',
  );
  expect(wrapProse('short\n\n  lines stay', 40)).toBe('short\n\n  lines stay');
});

test('no word is broken that fits on a line', () => {
  const wrapped = wrapProse(`The shop fails with ${'an idle transaction '.repeat(9)}`, 30);
  for (const line of wrapped.split('\n')) expect(line.length).toBeLessThanOrEqual(30);
  expect(wrapped.split(/\s+/).filter(Boolean)).toHaveLength(4 + 27);
});

test('the last column of a table is wrapped, or below its row if there is little room', () => {
  const rows = [['pool-exhausted', 'yes', 'Every connection of a server is taken by a leak.']];
  expect(textTable(['FAULT', 'PG', 'TITLE'], rows, 50)).toBe(
    [
      'FAULT           PG   TITLE',
      'pool-exhausted  yes  Every connection of a server',
      '                     is taken by a leak.',
    ].join('\n'),
  );
  expect(textTable(['FAULT', 'PG', 'TITLE'], rows, 40)).toBe(
    [
      'FAULT           PG   TITLE',
      'pool-exhausted  yes',
      '    Every connection of a server is',
      '    taken by a leak.',
    ].join('\n'),
  );
  expect(textTable(['FAULT', 'PG', 'TITLE'], rows).split('\n')).toHaveLength(2);
});
