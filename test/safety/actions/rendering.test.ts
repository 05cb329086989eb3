import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { parseTemplate, type Template } from '#runbook/expression/template.ts';
import type { Body } from '#runbook/model/runbook.ts';
import type { WrittenJson } from '#runbook/model/written-json.ts';
import { type Action, isReadOnly, targetOf } from '#safety/actions/action.ts';
import { jsonOf } from '#safety/actions/json-of.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { renderValue } from '#safety/actions/render-value.ts';
import { sessionProblem } from '#safety/actions/session-statement.ts';
import { type ProbeAction, secretParameters } from '#safety/kinds/probe.ts';
import { renderAction } from '#safety/kinds/rules.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';

function template(text: string): Template {
  const problems: Diagnostic[] = [];
  const parsed = parseTemplate(text, { start: 0, end: text.length }, (at) => at, problems);
  expect(problems).toEqual([]);
  return parsed;
}

const SCOPE = { n: 7, word: 'a b', items: ['x', 'y z'], nothing: null, big: 2n ** 60n };
const HOW = { readOnly: true, timeoutMs: 5, engine: 'postgres' } as const;

describe('a value of a runbook is', () => {
  test.each([
    ['itself when it is no template', 4, 4],
    ['itself when it is null', null, null],
    ['itself when it is a list', ['a'], ['a']],
    ['itself when it is a mapping', { a: 1 }, { a: 1 }],
    ['its text', template('plain'), 'plain'],
    ['of the type of its only placeholder', template('${{ n }}'), 7],
    ['a list when its only placeholder is one', template('${{ items }}'), SCOPE.items],
    ['text when something stands before the placeholder', template('n${{ n }}'), 'n7'],
    ['text when something stands behind the placeholder', template('${{ n }}n'), '7n'],
  ])('%s', (_, written, value) => {
    expect(renderValue(written, SCOPE)).toEqual({ ok: true, value });
  });

  test('not there when a name in it has no value, and it says which', () => {
    expect(renderValue(template('${{ gone.x }}'), SCOPE)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^\$\{\{ gone\.x \}\} has no value: \w/),
    });
    expect(renderValue(template('a ${{ gone.x }}'), SCOPE)).toMatchObject({ ok: false });
  });
});

test.each([
  ['plain', 'plain'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", "'it'\\''s'"],
  ['a;b', "'a;b'"],
  ['-n', '-n'],
  ['a\n', "'a\n'"],
])('a value is one word to a shell: %j', (value, word) => {
  expect(quoteShell(value)).toBe(word);
});

test('integers beyond those of JSON become text, however deep, and all else stays', () => {
  const big = 2n ** 60n;
  expect(jsonOf({ a: [big, 1, null, 'x', true], b: { c: big } })).toEqual({
    a: [String(big), 1, null, 'x', true],
    b: { c: String(big) },
  });
  expect(jsonOf(null)).toBeNull();
});

describe('a script', () => {
  const body = (more: Partial<Extract<Body, { kind: 'shell' }>>): Body =>
    ({
      ...{ kind: 'shell', script: template('echo ${{ word }}'), env: {}, target: 'app' },
      ...{ cwd: undefined, stdin: undefined, okExit: [0, 3], parse: 'lines', interactive: true },
      ...more,
    }) as Body;

  test('is rendered whole: words quoted, settings, folder and input as text', () => {
    const rendered = renderAction(
      body({
        env: { N: template('${{ n }}') },
        cwd: template('/srv/${{ word }}'),
        stdin: template('in ${{ word }}'),
      }),
      SCOPE,
      HOW,
    );
    expect(rendered).toEqual({
      ok: true,
      value: {
        ...{ kind: 'shell', target: 'app', script: "echo 'a b'", env: { N: '7' } },
        ...{ cwd: '/srv/a b', stdin: 'in a b', okExit: [0, 3], parse: 'lines' },
        ...{ interactive: true, readOnly: true, timeoutMs: 5 },
      },
    });
  });

  test('has a word for each value of a list, and none of what it was not given', () => {
    expect(renderAction(body({ script: template('ls ${{ items }}') }), SCOPE, HOW)).toMatchObject({
      value: { script: "ls x 'y z'", env: {}, cwd: undefined, stdin: undefined },
    });
  });

  test('has no word for null, alone or in a list', () => {
    for (const script of ['echo ${{ nothing }}', 'echo ${{ [word, nothing] }}'])
      expect(renderAction(body({ script: template(script) }), SCOPE, HOW)).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/ has no value: it is null$/),
      });
  });

  test.each([
    ['in its text', { script: template('echo ${{ gone.x }}') }],
    ['in a setting', { env: { A: template('${{ gone.x }}') } }],
    ['in its folder', { cwd: template('${{ gone.x }}') }],
    ['in its input', { stdin: template('${{ gone.x }}') }],
  ])('that lacks a value %s does not run', (_, more) => {
    expect(renderAction(body(more), SCOPE, HOW)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('gone.x'),
    });
  });
});

describe('the input of a script as JSON', () => {
  const text = (value: string) => ({ kind: 'text', text: template(value) }) as const;
  const stdin = (json: WrittenJson) => {
    const body = {
      ...{ kind: 'shell', script: template('cat'), env: {}, target: 'app', stdin: { json } },
      ...{ cwd: undefined, okExit: [0], parse: 'text', interactive: false },
    } as const;
    const rendered = renderAction(body as unknown as Body, SCOPE, HOW);
    return rendered.ok ? (rendered.value as ShellAction).stdin : rendered.reason;
  };

  test('keeps the types of its values, and a text is never spliced into it', () => {
    const entries = [
      ['n', text('${{ n }}')],
      ['text', text('a "${{ word }}"')],
      ['null', text('${{ nothing }}')],
      ['list', { kind: 'list', items: [text('${{ items }}'), { kind: 'value', value: true }] }],
      ['big', text('${{ big }}')],
      ['empty', { kind: 'mapping', entries: [] }],
    ] as const;
    expect(stdin({ kind: 'mapping', entries })).toBe(
      '{"n":7,"text":"a \\"a b\\"","null":null,"list":[["x","y z"],true],' +
        `"big":"${SCOPE.big}","empty":{}}`,
    );
  });

  test('is nothing at all when one of its values is missing', () => {
    const gone = text('${{ gone.x }}');
    const list = { kind: 'list', items: [text('${{ n }}'), gone] } as const;
    for (const json of [gone, list, { kind: 'mapping', entries: [['a', list]] } as const])
      expect(stdin(json)).toMatch(/^\$\{\{ gone\.x \}\} has no value: /);
  });
});

describe('an action', () => {
  const wait: Action = { kind: 'wait', ms: 5 };
  const connect: Action = { kind: 'connect', target: 'db', timeoutMs: 5 };
  const sql: Action = {
    ...{ kind: 'sql', target: 'db', text: '', values: [], origin: [] },
    ...{ readOnly: false, timeoutMs: 5 },
  };

  test('says where it runs, and whether it only reads', () => {
    expect([wait, connect, sql].map(targetOf)).toEqual([undefined, 'db', 'db']);
    expect([wait, connect, sql, { ...sql, readOnly: true }].map(isReadOnly)).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('a statement', () => {
  const ON_POSTGRES = { ...HOW, engine: 'postgres' } as const;
  const statement = (texts: Readonly<Record<string, string>>) =>
    ({
      kind: 'sql',
      target: 'db',
      texts: Object.fromEntries(
        Object.entries(texts).map(([engine, text]) => [engine, template(text)]),
      ),
      effects: { postgres: 'read', mysql: 'read', mariadb: 'read' },
    }) as Body;
  const text = (
    texts: Readonly<Record<string, string>>,
    engine?: 'mysql' | 'mariadb' | 'postgres',
  ) => {
    const rendered = renderAction(statement(texts), SCOPE, { ...HOW, engine });
    return rendered.ok
      ? (rendered.value as Extract<Action, { kind: 'sql' }>).text
      : rendered.reason;
  };

  test('has the text of its engine, and one text for all where there is one', () => {
    expect(text({ any: 'A', mysql: 'M' }, 'mysql')).toBe('A');
    expect(text({ any: 'A' }, 'postgres')).toBe('A');
    expect(text({ mysql: 'M', postgres: 'P' }, 'postgres')).toBe('P');
    expect(text({ mysql: 'M', mariadb: 'R' }, 'mariadb')).toBe('R');
    expect(text({ mysql: 'M' }, 'mariadb')).toBe('M');
    expect(text({ mariadb: 'R' }, 'mysql')).toBe('this step has no statement for mysql');
    expect(text({ mysql: 'M' })).toBe('this step has no statement for this engine');
  });

  test('is bound, with how it runs', () => {
    expect(renderAction(statement({ any: 'SELECT ${{ n }}' }), SCOPE, ON_POSTGRES)).toMatchObject({
      value: {
        ...{ kind: 'sql', target: 'db', text: 'SELECT $1', values: [7] },
        ...{ readOnly: true, timeoutMs: 5 },
      },
    });
    expect(
      renderAction(statement({ any: 'SELECT ${{ gone.x }}' }), SCOPE, ON_POSTGRES),
    ).toMatchObject({
      ok: false,
    });
  });
});

describe('a statement is refused as a read', () => {
  const body = {
    kind: 'sql',
    target: 'db',
    texts: { any: template('KILL 5') },
    effects: { mysql: 'read', mariadb: 'destructive' },
  } as const;

  test.each([
    ['mysql', true, undefined],
    ['mariadb', true, 'this statement is not proven to only read on MariaDB'],
    ['mariadb', false, undefined],
    ['postgres', true, 'this statement is not proven to only read on PostgreSQL'],
    [undefined, true, 'this statement is not proven to only read'],
  ] as const)('by its own effect there: on %s, read-only %s: %s', (engine, readOnly, reason) => {
    const rendered = renderAction(body, SCOPE, { ...HOW, readOnly, engine });
    expect(rendered.ok ? undefined : rendered.reason).toBe(reason);
  });
});

describe('a probe', () => {
  const probe = (params: object) =>
    ({ kind: 'probe', probe: 'tcp', target: undefined, params }) as unknown as Body;

  test('gets its parameters as values', () => {
    const params = { host: template('h${{ n }}'), port: template('${{ big }}'), plain: true };
    expect(renderAction(probe(params), SCOPE, HOW)).toEqual({
      ok: true,
      value: {
        ...{ kind: 'probe', probe: 'tcp', timeoutMs: 5 },
        params: { host: 'h7', port: String(SCOPE.big), plain: true },
      },
    });
    expect(renderAction(probe({ host: template('${{ gone.x }}') }), SCOPE, HOW)).toMatchObject({
      ok: false,
    });
  });

  test('names what it is told that may hold a password, and nothing else', () => {
    const login = (params: object) =>
      ({ kind: 'probe', probe: 'login', params, timeoutMs: 5 }) as unknown as ProbeAction;
    expect(secretParameters(login({ url: 'postgres://a:b@c/d', unknown: 'x' }))).toEqual([
      { name: 'url', value: 'postgres://a:b@c/d' },
    ]);
    expect(secretParameters(login({ url: 7 }))).toEqual([]);
  });
});

describe('a statement that outlives itself in its session is known', () => {
  const setting = 'it changes a setting of the session';
  const state = 'it changes the state of the session';
  const table = 'it makes a table that only the session sees';
  const lock = 'it takes a lock that the session holds';
  const word = 'a statement that is not a read has to begin with its own word';
  test.each([
    ['UPDATE t SET a = 1', undefined],
    ['  update t set a = 1', undefined],
    ['(SELECT 1)', undefined],
    ['-- x\nBEGIN', word],
    ['/* x */ BEGIN', word],
    ['1', word],
    ['BEGIN', state],
    ['  commit work', state],
    ['ROLLBACK', state],
    ['USE shop', state],
    ['LOCK TABLES t READ', state],
    ['beginning', undefined],
    ['SET search_path = x', setting],
    ['set autocommit = 0', setting],
    ['SET GLOBAL max_connections = 5', undefined],
    ['SET PERSIST max_connections = 5', undefined],
    ['SET @@global.max_connections = 5', undefined],
    ['SET GLOBAL a = 1, SESSION b = 2', setting],
    ["SET PASSWORD = 'x'", undefined],
    ['SET GLOBALLY = 1', setting],
    ['settle', undefined],
    ['CREATE TEMPORARY TABLE t (a int)', table],
    ['create temp view v as select 1', table],
    ['CREATE OR REPLACE TEMP VIEW v AS SELECT 1', table],
    ['CREATE GLOBAL TEMPORARY TABLE t (a int)', table],
    ['SELECT 1 INTO TEMP t', table],
    ['CREATE TABLE temporary_things (a int)', undefined],
    ['FLUSH TABLES WITH READ LOCK', lock],
    ['FLUSH TABLES t\n FOR EXPORT', lock],
    ['FLUSH TABLES', undefined],
    ['TRUNCATE flush_with_read_lock', undefined],
  ])('%s', (sql, reason) => {
    expect(sessionProblem(sql)).toBe(reason);
  });
});
