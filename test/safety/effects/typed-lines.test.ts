import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import { judgeLine, needsOfLine } from '#safety/effects/judge-line.ts';

const parsers = await loadEffectParsers({ shell: true, postgres: true });

const sql = (text: string, engine?: Engine) =>
  ({ text, target: 'db', kind: 'sql', engine }) as const;
const shell = (text: string) =>
  ({ text, target: 'app', kind: 'shell', engine: undefined }) as const;

test.each([
  [shell('ls'), 'read', true, []],
  [shell('rm x'), 'destructive', true, ['rm cannot be taken back']],
  [
    shell('touch x; ./y'),
    'change',
    false,
    ['touch changes something', './y is not known to only read'],
  ],
  [
    shell('rm x; ./y'),
    'destructive',
    true,
    ['rm cannot be taken back', './y is not known to only read'],
  ],
  [sql('SELECT 1'), 'read', true, []],
  [sql('SHOW PROCESSLIST', 'mysql'), 'read', true, []],
  [sql('DELETE FROM t', 'postgres'), 'destructive', true, ['DELETE removes rows']],
  [
    sql('SELECT FORM t x', 'postgres'),
    'change',
    false,
    ['PostgreSQL cannot read this: syntax error at or near "x"'],
  ],
  [
    sql('SELECT 1; SELECT 2', 'postgres'),
    'change',
    false,
    ['a step runs one statement, and this is the second'],
  ],
  [
    sql('DROP TABLE t; SELECT 1', 'postgres'),
    'destructive',
    false,
    ['a step runs one statement, and this is the second'],
  ],
  [sql('SELECT mine()', 'postgres'), 'change', false, ['mine() is not known to only read']],
] as const)('%j is a %s', (line, effect, certain, because) => {
  expect(judgeLine(line, parsers)).toMatchObject({ effect, certain, because });
});

test('a line that cannot be parsed is no read', () => {
  const { effect, certain, because } = judgeLine(shell('if true'), parsers);
  expect([effect, certain]).toEqual(['change', false]);
  expect(because).toHaveLength(1);
  expect(because[0]).toContain('syntax error');
});

test('a statement about the session or its transaction is refused, unless it reads', () => {
  expect(judgeLine(sql('BEGIN', 'postgres'), parsers).refused).toBeDefined();
  expect(judgeLine(sql('SELECT 1', 'postgres'), parsers).refused).toBeUndefined();
  expect(judgeLine(sql('DELETE FROM t', 'postgres'), parsers).refused).toBeUndefined();
  expect(judgeLine(shell('BEGIN'), parsers).refused).toBeUndefined();
  expect(judgeLine(shell('ls'), parsers).refused).toBeUndefined();
});

test('a line becomes a body that runs as it was typed', () => {
  const script = { text: 'ls ${{ x }}', placeholders: [] };
  expect(judgeLine(shell('ls ${{ x }}'), parsers).body).toMatchObject({
    kind: 'shell',
    target: 'app',
    script,
    env: {},
    okExit: [0],
    parse: 'text',
    interactive: false,
  });
  expect(judgeLine(sql('SELECT 1'), parsers).body).toMatchObject({
    kind: 'sql',
    target: 'db',
    texts: { any: { text: 'SELECT 1', placeholders: [] } },
  });
  const { body } = judgeLine(shell('ls'), parsers);
  const template = body.kind === 'shell' ? body.script : undefined;
  expect(template?.span).toEqual({ start: 0, end: 0 });
});

test.each([
  [shell('ls'), { shell: true, postgres: false }],
  [shell('psql -l'), { shell: true, postgres: true }],
  [sql('SELECT 1'), { shell: false, postgres: true }],
  [sql('SELECT 1', 'postgres'), { shell: false, postgres: true }],
  [sql('SELECT psql', 'mysql'), { shell: false, postgres: false }],
  [sql('SELECT psql', 'mariadb'), { shell: false, postgres: false }],
])('%j needs the parsers %j', (line, needs) => {
  expect(needsOfLine(line)).toEqual(needs);
});

test.each([
  ['SHOW POOLS', 'read', undefined],
  // A setting of the pooler, not of a session.
  ['SET default_pool_size = 40', 'change', undefined],
  ['KILL shop', 'destructive', undefined],
  ['FLUSH', 'change', 'this is not a known command of the console of PgBouncer'],
] as const)('typed on the console of PgBouncer: %s', (text, effect, refused) => {
  expect(judgeLine(sql(text, 'pgbouncer'), parsers)).toMatchObject({ effect, refused });
});
