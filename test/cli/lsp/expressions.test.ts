import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '#lsp/functions.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { compileExpression } from '#runbook/expression/cel.ts';
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

const SEVERAL = `  - id: several
    ask:
      question: What?
      fields: { why: Why?, count: { question: How many?, type: number } }
`;

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
    ['the answers to several questions', 'if: steps.several.answers.‸', ['why', 'count']],
    ['the steps', 'if: steps.‸', ['jobs', 'reach-it', 'several', 'look']],
  ])('offer %s', async (_, written, expected) => {
    const lines = `${SEVERAL}  - id: look\n    probe: { tcp: { host: x, port: 1 } }\n    ${written}\n`;
    expect((await offers(lines)).slice(0, expected.length)).toEqual(expected);
  });

  test('offer the answer where a choice leads', async () => {
    const lines = '  - id: look\n    ask: { question: x, choices: { a: { if: result.‸ } } }\n';
    expect(await offers(lines)).toEqual(['answer']);
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

  test.each([
    [
      'verify',
      'sql: DELETE FROM t\n    verify: { sql: SELECT count(*) AS n FROM t, until: result.row.‸ }',
      ['n'],
    ],
    [
      'verify',
      'sql: DELETE FROM t\n    verify: { probe: { dns: { host: x } }, until: result.‸ }',
      ['host', 'addresses'],
    ],
    [
      'preview',
      'sql: DELETE FROM t\n    preview: { sql: SELECT pid FROM t, enough: preview.row.‸ }',
      ['pid'],
    ],
    [
      'wait',
      'wait:\n      shell: cat\n      until: result.‸\n      within: 5s',
      ['stdout', 'stderr'],
    ],
    [
      'expect',
      'shell: cat\n    parse: lines\n    expect: result.li‸',
      ['stdout', 'stderr', 'exit_code', 'signal', 'lines'],
    ],
    ['undo', 'shell: cat\n    undo: { shell: "echo ${{ result.‸ }}" }', ['stdout', 'stderr']],
    [
      'a repeated step',
      'for_each: steps.jobs.rows\n    shell: cat\n    next: [{ if: result.‸ }]',
      ['items', 'count', 'failed'],
    ],
    [
      'a branch',
      'parallel:\n      - id: one\n        sql: SELECT 1 AS a\n        expect: result.row.‸',
      ['a'],
    ],
  ])('offer the result of what is read in %s: %j', async (_, written, expected) => {
    const found = await offers(`  - id: look\n    ${written}\n`);
    expect(found.slice(0, expected.length)).toEqual(expected);
  });

  test('offer the result of a check of a prerequisite', async () => {
    const check =
      'prerequisites:\n  - text: A tool\n    probe: { tcp: { host: x, port: 1 } }\n    expect: result.‸\n';
    expect(await offers('', HEAD.replace('inputs:\n', `${check}inputs:\n`))).toEqual([
      'addresses',
      'connected',
      'ms',
    ]);
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
