import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '#lsp/functions.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { compileExpression } from '#runbook/expression/cel.ts';
import { ERROR_KINDS } from '#runbook/model/step-error.ts';
import { Editor } from '../../support/editor.ts';

const HEAD = `name: mine
title: Jobs wait 🚑
summary: Jobs wait.
inputs:
  url: { type: url, secret: true }
  idle_for: { type: duration, default: 10m, description: how long a session is idle }
targets:
  db: { database: "\${{ inputs.url }}" }
  here: { local: true }
steps:
  - id: jobs
    title: Count the jobs 🚑
    why: To know.
    sql: SELECT queue, count(*) AS waiting FROM jobs GROUP BY queue
    on: db
  - id: reach-it
    title: Connect
    probe: { tcp: { host: db.example, port: 5432 } }
`;
const END = '  - id: done\n    finish: { outcome: resolved, summary: Done. }\n';
const CHILD =
  'name: child\ntitle: A child\nsummary: S.\ninputs:\n  days: { type: number, description: how many }\n  node: {}\nsteps:\n  - { id: done, finish: { outcome: resolved, summary: D. } }\n';

let editor: Editor;
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks/child.yaml'), CHILD);
  editor = await Editor.start(cwd);
});

afterAll(async () => {
  await editor.quit();
  rmSync(cwd, { recursive: true, force: true });
});

/** The labels offered at `‸` in lines between the first and the last steps. */
function offers(lines: string, head = HEAD): Promise<readonly string[]> {
  return editor.offers('runbooks/mine.yaml', head + lines + END);
}

const STEP_KINDS = [
  'sql',
  'shell',
  'probe',
  'ask',
  'manual',
  'wait',
  'runbook',
  'parallel',
  'finish',
];

describe('keys', () => {
  test('of the document, without those it has', async () => {
    const found = await offers('', `sev‸\n${HEAD}`);
    expect(found).toEqual(expect.arrayContaining(['severity', 'symptoms', 'prevention']));
    expect(found).not.toContain('title');
  });

  test('of a new step are those of every kind, the needed one first', async () => {
    const found = await offers('  - ‸\n');
    expect(found[0]).toBe('id');
    expect(found).toEqual(expect.arrayContaining(STEP_KINDS));
  });

  test('of a step with a kind are only those of that kind', async () => {
    const found = await offers('  - id: look\n    probe: { dns: { host: x } }\n    ‸\n');
    expect(found).toEqual(expect.arrayContaining(['expect', 'retry', 'next', 'title']));
    for (const key of ['sql', 'undo', 'on', 'id', 'probe']) expect(found).not.toContain(key);
  });

  test('are offered while one is half-typed, and replace it', async () => {
    const items = await editor.items(
      'runbooks/mine.yaml',
      `${HEAD}  - id: look\n    tim‸\n    sql: SELECT 1\n${END}`,
    );
    const timeout = items.find(({ label }) => label === 'timeout');
    expect(timeout).toMatchObject({
      textEdit: {
        newText: 'timeout: ',
        range: { start: { line: 19, character: 4 }, end: { line: 19, character: 7 } },
      },
    });
    expect(timeout?.documentation).toMatchObject({ value: expect.stringContaining('duration') });
  });

  test.each([
    ['  - id: look\n    probe:\n      ‸\n', ['config', 'dns', 'tcp', 'tls', 'login', 'http']],
    ['  - id: look\n    probe: { ‸ }\n', ['config', 'dns', 'tcp', 'tls', 'login', 'http']],
    ['  - id: look\n    probe: { tcp: { host: x, ‸ } }\n', ['port', 'attempts']],
    ['  - id: look\n    probe:\n      dns:\n        host: x\n        ‸\n', ['server']],
    [
      '  - id: look\n    sql: SELECT 1\n    next:\n      - ‸\n',
      ['if', 'finding', 'cause', 'goto', 'use', 'with'],
    ],
    ['  - id: look\n    sql: SELECT 1\n    next: [{ if: true, ‸\n', ['finding', 'cause', 'goto']],
    ['  - id: look\n    finish:\n      out‸\n', ['outcome', 'summary', 'unchecked']],
    ['  - id: look\n    runbook: child\n    with: { ‸ }\n', ['days', 'node']],
  ])('at %j', async (lines, expected) => {
    expect(await offers(lines)).toEqual(expected);
  });
});

describe('values', () => {
  test.each([
    [
      '  - id: look\n    manual: Look.\n    next:\n      - goto: ‸\n',
      ['jobs', 'reach-it', 'look', 'done'],
    ],
    [
      '  - id: look\n    manual: Look.\n    next: [{ goto: d‸ }]\n',
      ['jobs', 'reach-it', 'look', 'done'],
    ],
    ['  - id: look\n    manual: Look.\n    next: ‸\n', ['jobs', 'reach-it', 'look', 'done']],
    ['  - id: look\n    sql: SELECT 1\n    on: ‸\n', ['db', 'here']],
    ['  - id: look\n    effect: ‸\n    sql: SELECT 1\n', ['read', 'change', 'destructive']],
    ['  - id: look\n    phase: ‸\n    sql: SELECT 1\n', ['diagnose', 'fix', 'verify']],
    ['  - id: look\n    sql: SELECT 1\n    retry: { attempts: 2, jitter: ‸ }\n', ['true', 'false']],
    ['  - id: look\n    sql: SELECT 1\n    retry: { attempts: 2, on: [ti‸] }\n', [...ERROR_KINDS]],
    ['  - id: look\n    finish: { outcome: ‸\n', ['resolved', 'unresolved', 'escalated']],
    [
      '  - id: look\n    probe: { tls: { host: x, engine: ‸ } }\n',
      ['postgres', 'mysql', 'mariadb', 'direct'],
    ],
    ['  - id: look\n    ask: { question: Which?, input: ‸ }\n', ['url', 'idle_for']],
    [
      '  - id: look\n    sql: DELETE FROM t\n    preview:\n      sql: SELECT pid, age FROM t\n      volatile: [‸]\n',
      ['pid', 'age'],
    ],
    ['  - id: look\n    title: ‸\n', []],
  ])('at %j', async (lines, expected) => {
    expect(await offers(lines)).toEqual(expected);
  });

  test('of runbook: are the runbooks that validate finds', async () => {
    const found = await offers('  - id: inner\n    runbook: ‸\n');
    expect(found).toEqual(expect.arrayContaining(['child', 'triage']));
  });

  test('steps come with their title and reason', async () => {
    const items = await editor.items(
      'runbooks/mine.yaml',
      `${HEAD}  - id: look\n    manual: Look.\n    next:\n      - goto: ‸\n${END}`,
    );
    expect(items[0]).toMatchObject({
      label: 'jobs',
      detail: 'Count the jobs 🚑',
      documentation: { value: 'To know.' },
    });
  });
});

describe('expressions', () => {
  test.each([
    ['the fields of a result', 'next: [{ if: result.‸ }]', ['addresses', 'connected', 'ms']],
    ['an item of a macro', 'next: [{ if: "result.addresses.exists(a, !a.‸)" }]', ['address', 'ok']],
    ['the columns of a SELECT', 'next: [{ if: steps.jobs.row.‸', ['queue', 'waiting']],
    ['the columns of its rows', 'next: [{ if: "steps.jobs.rows.all(r, r.‸', ['queue', 'waiting']],
    ['the fields of a failure', 'next: [{ if: error.‸', ['kind', 'phase', 'code']],
    ['the kinds of failure', 'next: [{ if: \'error.kind == "‸', ['none', 'config', 'dns']],
    [
      'inputs in a placeholder',
      'why: x\n    next: [{ finding: "Since ${{ inputs.‸',
      ['url', 'idle_for'],
    ],
    ['a target', 'next: [{ finding: "At ${{ targets.db.‸ }}" }]', ['name', 'engine', 'host']],
    ['the run', 'next: [{ finding: "${{ run.‸ }}" }]', ['id', 'operator', 'started_at']],
    ['methods of a text', 'next: [{ if: error.message.‸', ['contains', 'startsWith']],
    ['the steps', 'if: steps.‸', ['jobs', 'reach-it', 'look', 'done']],
  ])('offer %s', async (_, written, expected) => {
    const lines = `  - id: look\n    probe: { tcp: { host: x, port: 1 } }\n    ${written}\n`;
    expect((await offers(lines)).slice(0, expected.length)).toEqual(expected);
  });

  test('offer the names in scope, and no result before there is one', async () => {
    const names = async (written: string) => {
      const lines = `  - id: look\n    sql: DELETE FROM t\n    preview: { sql: SELECT pid FROM t }\n    ${written}\n`;
      return (await offers(lines)).slice(0, 7);
    };
    expect(await names('if: ‸')).toEqual([
      'inputs',
      'targets',
      'run',
      'steps',
      'has',
      'size',
      'int',
    ]);
    const after = await names('next:\n      - if: ‸');
    expect(after).toEqual(['inputs', 'targets', 'run', 'steps', 'error', 'result', 'preview']);
    expect(await names('confirm: { warning: "${{ ‸')).toContain('preview');
    expect(
      await offers(
        '  - id: a\n    for_each: steps.jobs.rows\n    as: job\n    shell: echo ${{ ‸\n',
      ),
    ).toContain('job');
  });

  test('offer an index for a name with a hyphen, in place of the dot', async () => {
    const items = await editor.items(
      'runbooks/mine.yaml',
      `${HEAD}  - id: look\n    if: steps.r‸\n    manual: Look.\n${END}`,
    );
    expect(items.find(({ label }) => label === 'reach-it')).toMatchObject({
      filterText: '.reach-it',
      textEdit: {
        newText: '["reach-it"]',
        range: { start: { line: 19, character: 13 }, end: { line: 19, character: 15 } },
      },
    });
  });

  test('count UTF-16 code units, also after characters beyond the BMP and with CRLF', async () => {
    const line = '    next: [{ finding: "🚑🚑 ${{ inputs.id‸';
    const text = `${HEAD}  - id: look\n    manual: Look 🚑\n${line}\n${END}`.replaceAll(
      '\n',
      '\r\n',
    );
    const items = await editor.items('runbooks/mine.yaml', text);
    const at = line.indexOf('‸');
    expect(items[1]).toMatchObject({
      label: 'idle_for',
      detail: 'a duration (a text)',
      textEdit: {
        newText: 'idle_for',
        range: { start: { line: 20, character: at - 2 }, end: { line: 20, character: at } },
      },
    });
  });

  test('offer nothing in plain text', async () => {
    expect(await offers('  - id: look\n    manual: Look at result.‸\n')).toEqual([]);
    expect(await offers('  - id: look\n    next: [{ finding: "${{ run.id }} of ‸" }]\n')).toEqual(
      [],
    );
  });
});

test('lines that cannot be read, above and below, do not matter', async () => {
  const broken = `${HEAD}  - id: bad\n    title: "never closed\n    sql: SELECT 1\n  - id: look\n    sql: SELECT 1\n    next:\n      - goto: ‸\n  - id done\n${END}`;
  expect(await editor.offers('runbooks/mine.yaml', broken)).toEqual(
    expect.arrayContaining(['jobs', 'bad', 'look', 'done']),
  );
});

test('a test file is offered the keys of cases', async () => {
  const found = await editor.offers('runbooks/child.test.yaml', 'cases:\n  - name: x\n    ‸\n');
  expect(found).toEqual(expect.arrayContaining(['inputs', 'steps', 'answers', 'expect']));
  expect(found).not.toContain('name');
});

test.each([
  ['steps:\n  ‸\n', ['done']],
  ['cases:\n  - name: x\n    steps: { ‸ }\n', ['done']],
  ['cases:\n  - name: x\n    inputs: { d‸ }\n', ['days', 'node']],
  ['cases:\n  - name: x\n    expect: { path: [‸] }\n', ['done']],
  ['cases:\n  - name: x\n    expect: { statuses: { ‸ } }\n', ['done']],
  ['cases:\n  - name: x\n    answers:\n      - { jump: done, to: ‸ }\n', ['done']],
  ['cases:\n  - name: x\n    answers:\n      - { done: done, evidence: ‸ }\n', []],
])('a test file is offered what its runbook names, at %j', async (text, expected) => {
  expect(await editor.offers('runbooks/child.test.yaml', text)).toEqual(expected);
});

test('every function that is offered exists', () => {
  const receivers = { text: '"a"', list: '["a"]', value: '"a"' };
  const args: Readonly<Record<string, string>> = {
    'x.y': 'inputs.y',
    value: '"1"',
    number: '1.5',
    part: '"a"',
    pattern: '"a"',
    separator: '","',
    'start, end': '0, 1',
    'x, condition': 'x, x == "a"',
    'x, expression': 'x, x',
  };
  for (const { name, signature } of FUNCTIONS) {
    const [, receiver, , given = ''] = /^(?:(\w+)\.)?(\w+)\((.*)\):/.exec(signature) ?? [];
    const texts: Readonly<Record<string, string>> = {
      duration: '"5m"',
      timestamp: '"2026-01-01T00:00:00Z"',
    };
    const on = receiver === undefined ? '' : `${receivers[receiver as 'text']}.`;
    const problems: Diagnostic[] = [];
    compileExpression(`${on}${name}(${texts[name] ?? args[given] ?? given})`, (it) => it, problems);
    expect(problems, signature).toEqual([]);
  }
});
