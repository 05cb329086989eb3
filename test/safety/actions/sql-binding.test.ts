import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Scope } from '#runbook/expression/cel.ts';
import { parseTemplate } from '#runbook/expression/template.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { bindSql, originAt } from '#safety/actions/bind-sql.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { fc } from '../../support/properties.ts';

function bound(text: string, scope: Scope) {
  const problems: Diagnostic[] = [];
  const template = parseTemplate(text, { start: 0, end: text.length }, (at) => at, problems);
  expect(problems).toEqual([]);
  const rendered = bindSql(template, scope);
  if (!rendered.ok) return rendered.reason;
  const { text: sql, values } = rendered.value;
  return { sql, values };
}

const ROWS = [
  { pid: 7, backend_start: '2026-11-21 03:00:00.123456+00', role: 'app' },
  { pid: 8, backend_start: '2026-11-21 03:01:00.654321+00', role: 'app' },
];

describe('every value becomes a bound parameter', () => {
  test.each<[string, Scope, string, readonly unknown[]]>([
    ['SELECT ${{ v }}', { v: 'x' }, 'SELECT $1', ['x']],
    ['SELECT ${{ v }}, ${{ v }}', { v: 1 }, 'SELECT $1, $2', [1, 1]],
    ['SELECT ${{ v }}::interval', { v: '10m' }, 'SELECT $1::interval', ['10m']],
    ['SELECT ${{ v }}', { v: null }, 'SELECT $1', [null]],
    ['SELECT ${{ v }}', { v: true }, 'SELECT $1', [true]],
    ['SELECT ${{ v }}', { v: 9_007_199_254_740_993n }, 'SELECT $1', ['9007199254740993']],
    ['SELECT ${{ v }}', { v: { a: [1] } }, 'SELECT $1', ['{"a":[1]}']],
    ['x IN (${{ v }})', { v: [1, 'b', null] }, 'x IN ($1, $2, $3)', [1, 'b', null]],
    [
      'x IN (${{ v }}) AND y = ${{ w }}',
      { v: [1, 2], w: 3 },
      'x IN ($1, $2) AND y = $3',
      [1, 2, 3],
    ],
    [
      'VALUES ${{ v }}',
      {
        v: [
          [1, 'a'],
          [2, 'b'],
        ],
      },
      'VALUES ($1, $2), ($3, $4)',
      [1, 'a', 2, 'b'],
    ],
  ])('%s', (text, scope, sql, values) => {
    expect(bound(text, scope)).toEqual({ sql, values });
  });
});

describe('a list of rows gives the columns that stand before IN', () => {
  test.each([
    ['(pid, backend_start) IN (${{ rows }})'],
    ['(a.pid, a.backend_start) IN ( ${{ rows }})'],
    ['(pid, backend_start) NOT IN (${{ rows }})'],
    ['("pid", "backend_start")\n  in (${{ rows }})'],
    ['(p.`pid`, `backend_start`) IN (${{ rows }})'],
  ])('%s', (text) => {
    expect(bound(text, { rows: ROWS })).toMatchObject({
      sql: expect.stringContaining('($1, $2), ($3, $4)'),
      values: [7, ROWS[0]?.backend_start, 8, ROWS[1]?.backend_start],
    });
  });

  test('in their order, not in that of the rows', () => {
    expect(bound('(role, pid) IN (${{ rows }})', { rows: ROWS })).toMatchObject({
      values: ['app', 7, 'app', 8],
    });
  });

  test('all columns where none are named', () => {
    expect(bound('SELECT * FROM (VALUES ${{ rows }})', { rows: ROWS })).toMatchObject({
      sql: 'SELECT * FROM (VALUES ($1, $2, $3), ($4, $5, $6))',
    });
  });

  test('a column the rows have not is refused', () => {
    expect(bound('(pid, started) IN (${{ rows }})', { rows: ROWS })).toBe(
      '${{ rows }} has no value: a row has no column pid or started',
    );
  });
});

describe('what cannot be bound is refused', () => {
  test('an empty list, which would mean nothing, or everything after NOT IN', () => {
    expect(bound('x NOT IN (${{ v }})', { v: [] })).toBe(
      '${{ v }} has no value: the list is empty',
    );
  });

  test('an input that was not given, while a null of a row is a value', () => {
    expect(bound('SELECT ${{ inputs.v }}', { inputs: { v: null } })).toBe(
      '${{ inputs.v }} has no value: it was not given',
    );
    expect(bound('SELECT ${{ row.v }}', { row: { v: null } })).toEqual({
      sql: 'SELECT $1',
      values: [null],
    });
  });

  test('a value that is missing', () => {
    expect(bound('SELECT ${{ v }}', {})).toBe('${{ v }} has no value: there is no "v"');
  });
});

describe('numbers beyond what JavaScript holds exactly', () => {
  test('are bound as text, also inside a mapping', () => {
    expect(bound('SELECT ${{ v }}', { v: { a: 9_007_199_254_740_993n } })).toEqual({
      sql: 'SELECT $1',
      values: ['{"a":"9007199254740993"}'],
    });
  });
});

describe('no value gets into the text', () => {
  test.each([
    "'; DROP TABLE orders; --",
    '$1',
    '${{ w }}',
    '\\',
    '/*',
    "E'\\'",
    '\u0000',
    '1); --',
  ])('%j', (value) => {
    expect(bound('SELECT ${{ v }}', { v: value })).toEqual({ sql: 'SELECT $1', values: [value] });
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (list) => {
        const places = list.map((_, at) => `$${at + 1}`).join(', ');
        expect(bound('x IN (${{ v }})', { v: list })).toEqual({
          sql: `x IN (${places})`,
          values: list,
        });
      }),
    );
  });
});

describe('a place in the statement leads back to the runbook file', () => {
  const text = [
    'name: places',
    'title: Places',
    'summary: Places',
    'inputs: { queue: { default: orders } }',
    'targets: { db: { database: postgres://localhost/shop } }',
    'steps:',
    '  - { id: seen, effect: read, sql: SELECT 1 }',
    '  - id: look',
    '    effect: read',
    '    sql: |',
    '      SELECT first',
    '      FROM jobs WHERE (pid, backend_start) IN (${{ steps.seen.rows }})',
    '        AND queue = ${{ inputs.queue }} AND wrong = 1',
    '      ORDER BY last',
    '  - id: list',
    '    effect: read',
    '    sql: SELECT x IN (${{ steps.seen.rows }}, ${{ inputs.queue }}), wrong',
    '',
  ].join('\n');
  const runbook = parsed(text, 'places.yaml');
  const scope = { inputs: { queue: 'orders' }, steps: { seen: { rows: ROWS } } };

  function statement(index: number) {
    const does = runbook.steps[index + 1]?.does;
    if (does?.kind !== 'sql' || does.body.kind !== 'sql' || does.body.texts.any === undefined)
      throw new Error('another step');
    const rendered = bindSql(does.body.texts.any, scope);
    if (!rendered.ok) throw new Error(rendered.reason);
    return rendered.value;
  }

  function placeOf(index: number, word: string) {
    const { text: sql, origin } = statement(index);
    const offset = originAt(origin, sql.indexOf(word));
    if (offset === undefined) return undefined;
    const { line, column } = positionAt(runbook.source, offset);
    return { line, column };
  }

  test.each([
    ['first', 11, 14],
    ['FROM', 12, 7],
    ['jobs', 12, 12],
    ['$1', 12, 48],
    ['$3', 12, 48],
    ['queue', 13, 13],
    ['$5', 13, 21],
    ['wrong', 13, 45],
    ['last', 14, 16],
  ])('%s is at %i:%i', (word, line, column) => {
    expect(placeOf(0, word)).toEqual({ line, column });
  });

  test.each([
    ['$1', 17, 23],
    ['$7', 17, 47],
    ['wrong', 17, 69],
  ])('%s, beside a list that another value follows, is at %i:%i', (word, line, column) => {
    expect(placeOf(1, word)).toEqual({ line, column });
  });

  test('so is the end of such a list', () => {
    expect(placeOf(1, '$6')).toEqual({ line: 17, column: 23 });
  });

  test('a line of it is one piece', () => {
    const origin = (text: string) => {
      const template = parseTemplate(text, { start: 0, end: text.length }, (at) => at + 40, []);
      const rendered = bindSql(template, {});
      return rendered.ok ? rendered.value.origin : [];
    };
    expect(origin('SELECT 1\n, 2')).toEqual([
      { at: 0, source: 40, exact: true },
      { at: 9, source: 49, exact: true },
    ]);
    expect(origin('')).toEqual([]);
  });

  test('a statement without places leads nowhere', () => {
    expect(originAt([], 3)).toBeUndefined();
  });
});
