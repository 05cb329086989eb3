import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_KINDS } from '#runbook/model/step-error.ts';
import { Editor } from '../../support/editor.ts';
import { END, folderWithChild, HEAD } from './jobs-runbook.ts';

let editor: Editor;
let cwd: string;

beforeAll(async () => {
  cwd = folderWithChild();
  editor = await Editor.start(cwd);
});

afterAll(async () => {
  await editor.leave();
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

  test('of a field of a question are those that it may have', async () => {
    const asks =
      '  - id: what\n    ask:\n      question: What?\n      fields:\n        why:\n          ‸\n';
    expect((await offers(asks)).toSorted()).toEqual(['choices', 'question', 'type']);
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
    [
      '  - id: look\n    finish:\n      out‸\n',
      ['outcome', 'summary', 'unchecked', 'continue_with'],
    ],
    ['  - id: look\n    runbook: child\n    with: { ‸ }\n', ['days', 'node']],
  ])('at %j', async (lines, expected) => {
    expect(await offers(lines)).toEqual(expected);
  });
});

const WITH_LOOK = ['jobs', 'reach-it', 'look', 'done'];

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
    ['  - id: look\n    ask: { question: Which?, choices: { this: ‸ } }\n', WITH_LOOK],
    ['  - id: look\n    ask: { question: Which?, choices: { this: { goto: ‸ } } }\n', WITH_LOOK],
    ['  - id: look\n    ask: { question: Which?, choices: { this: [{ goto: ‸ }] } }\n', WITH_LOOK],
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

  test('of the target of a runbook are its targets', async () => {
    expect(
      await editor.offers('runbooks/mine.yaml', HEAD.replace('steps:', 'on: ‸\nsteps:')),
    ).toEqual(['db', 'here']);
  });

  test('of runbook: are the runbooks that validate finds', async () => {
    const found = await offers('  - id: inner\n    runbook: ‸\n');
    const leads =
      '  - id: end\n    finish: { outcome: escalated, summary: S., continue_with: ‸ }\n';
    expect(await offers(leads)).toEqual(found);
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
