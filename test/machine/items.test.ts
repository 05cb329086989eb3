import { describe, expect, test } from 'vitest';
import { asked, recorded, stepping } from '../fixtures/orders-runbook.ts';

const EACH = `
  - { id: list, effect: read, sql: SELECT 1 }
  - { id: each, for_each: steps.list.row.what, effect: read, sql: 'SELECT \${{ item }}' }
  - { id: after, manual: Look. }
`;

function labelOf(item: unknown): string | undefined {
  const run = stepping(EACH);
  run.rows({ what: [item] as never });
  return recorded(run, 'item.entered').at(-1)?.item.label;
}

describe('an item is called by', () => {
  test.each([
    ['its name', { name: 'shop', id: 7, x: 1 }, 'shop'],
    ['its id when it has no name', { id: 7, x: 1 }, '7'],
    ['its keys and values when it has neither', { host: 'a', port: 1 }, 'host a, port 1'],
    ['its keys, and what is nested as JSON', { host: 'a', at: [1] }, 'host a, at [1]'],
    ['the empty braces of a mapping without keys', {}, '{}'],
    ['its text', 'db1', 'db1'],
    ['its number', 0, '0'],
    ['the word for nothing', null, 'null'],
    ['its values when it is a list', [1, 2], '[1,2]'],
    ['one line', 'a\n\t b', 'a b'],
    ['its whole text while that is short', 'x'.repeat(80), 'x'.repeat(80)],
    ['the beginning of a long text', 'x'.repeat(81), `${'x'.repeat(80)}…`],
  ])('%s', (_, item, label) => {
    expect(labelOf(item)).toBe(label);
  });
});

describe('what is no list', () => {
  test('holds the step, which fails when it is run all the same', () => {
    const run = stepping(EACH);
    run.rows({ what: 'text' });
    expect(run.state).toBe('each.ready');
    const message = 'cannot tell what to repeat it for: steps.list.row.what: it is not a list';
    expect(asked(run)).toMatchObject({
      for: 'stuck',
      why: { kind: 'undecided', problem: message },
    });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('each.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'unresolved', message } });
  });
});

test('one item at a time has no lanes', () => {
  const run = stepping(EACH.replace('for_each:', 'concurrency: 1, for_each:'));
  run.rows({ what: [1, 2] as never });
  expect(run.state).toBe('each.item.running');
});
