import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DefinitionRequest,
  DocumentSymbolRequest,
  HoverRequest,
  type Location,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor } from '../../support/editor.ts';
import { runbookCommand } from '../../support/start-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FILE = 'runbooks/mine.yaml';
const TEXT = `name: mine
title: Jobs wait 🚑
summary: Jobs wait.
inputs:
  url: { type: url, secret: true, env: DATABASE_URL }
  least: { type: number, default: 3, description: how many jobs may wait }
targets:
  db: { database: "\${{ inputs.url }}", engine: postgres }
steps:
  - id: jobs
    title: Count the jobs 🚑
    why: A queue that grows is not worked on.
    sql: SELECT count(*) AS waiting FROM jobs
    on: db
    next:
      - if: error.kind == "no_permission"
        goto: ask_them
      - if: "result.row.waiting > inputs.least && has(steps['jobs'].row)"
        finding: "🚑🚑 \${{ steps.jobs.row.waiting }} jobs wait, at least \${{ inputs.least }}."
        goto: ask_them
      - goto: done
  - id: ask_them
    phase: fix
    title: Ask
    if: steps.jobs.status == "succeeded"
    ask: { question: "\${{ steps.jobs.row_count }}?", input: url }
    next: jobs
  - id: inner
    runbook: child
    with: { days: 3 }
  - id: done
    finish: { outcome: resolved, summary: "After \${{ steps.jobs.row_count }}." }
`;
const CASES = `steps:
  jobs: { row: { waiting: 9 } }
cases:
  - name: asks
    steps: { jobs: { row: { waiting: 5 } }, inner: { error: unknown } }
    answers:
      - { answer: ask_them, with: jobs }
      - { jump: ask_them, to: jobs }
    expect:
      path: [jobs, ask_them, "..."]
      statuses: { jobs: succeeded }
`;
const CHILD = `name: child
title: A child
summary: What a child does.
inputs:
  days: { type: number, description: how many days }
steps:
  - { id: done, finish: { outcome: resolved, summary: D. } }
`;

let editor: Editor;
let cwd: string;

beforeEach(async () => {
  cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks/child.yaml'), CHILD);
  writeFileSync(join(cwd, 'runbooks/mine.test.yaml'), CASES);
  editor = await Editor.start(cwd);
});

afterEach(() => editor.leave());

/** Opens a text, and returns the place inside the `nth` occurrence of `part`, at `‸` in it. */
async function on(part: string, nth = 0, text = TEXT) {
  const plain = part.replace('‸', '');
  let at = text.indexOf(plain);
  for (let more = nth; more > 0; more -= 1) at = text.indexOf(plain, at + 1);
  if (at === -1) throw new Error(`${plain} is not in the text`);
  const offset = at + Math.max(0, part.indexOf('‸'));
  const marked = `${text.slice(0, offset)}‸${text.slice(offset)}`;
  return editor.at(FILE, await editor.place(FILE, marked));
}

async function hover(part: string, nth = 0): Promise<string | undefined> {
  const found = await editor.connection.sendRequest(HoverRequest.type, await on(part, nth));
  return (found?.contents as { value: string } | undefined)?.value;
}

describe('hover', () => {
  test.each([
    ['key', 'sum‸mary', 'the incident in one sentence'],
    ['key of a step', 'w‸hy:', 'what the step shows or achieves'],
    ['step', 'goto: ask‸_them', '**Ask** (`ask_them`, ask)'],
    ['step in next', 'next: jo‸bs', '**Count the jobs 🚑** (`jobs`, sql)'],
    ['step in an expression', 'steps.jo‸bs.status', 'A queue that grows is not worked on.'],
    ['step in an index', "['jo‸bs']", '**Count the jobs 🚑**'],
    ['input', 'inputs.le‸ast &&', 'input `least`: number, default: 3'],
    [
      'input in its definition',
      'ur‸l: { type',
      'input `url`: url, secret, required, from `DATABASE_URL`',
    ],
    ['target', 'on: d‸b', 'target `db`: a database (postgres)'],
    ['field of a result', 'steps.jobs.row_c‸ount', '`steps.jobs.row_count`: a number'],
    ['result', 'res‸ult.row', '`result`: a mapping'],
    ['kind of failure', '"no_per‸mission"', 'The role or user lacks the permission.'],
    ['function', 'ha‸s(steps', 'whether x has y'],
    [
      'runbook',
      'runbook: chi‸ld',
      '**A child** (runbook `child`)\n\nWhat a child does.\n\nInputs: `days`',
    ],
    ['input of a runbook', 'da‸ys: 3', 'how many days'],
    ['value of an enum', 'phase: fi‸x', 'the phase, a group on the screen'],
  ])('explains a %s', async (_, part, expected) => {
    expect(await hover(part)).toContain(expected);
  });

  test('says nothing about plain text', async () => {
    expect(await hover('Jobs w‸ait')).toBeUndefined();
  });
});

describe('definition', () => {
  const at = (part: string) => {
    const lines = TEXT.slice(0, TEXT.indexOf(part)).split('\n');
    const character = lines.at(-1)?.length ?? 0;
    return { line: lines.length - 1, character };
  };

  test.each([
    ['goto', 'goto: ask‸_them', 'ask_them\n    phase'],
    ['a short next', 'next: jo‸bs', 'jobs\n    title'],
    ['a name in a text', 'steps.jo‸bs.row.waiting', 'jobs\n    title'],
    ['an input', 'inputs.le‸ast }}', 'least: {'],
    ['an input of ask', 'input: ur‸l', 'url: {'],
    ['a target', 'on: d‸b', 'db: {'],
  ])('of %s', async (_, part, place) => {
    const found = await editor.connection.sendRequest(DefinitionRequest.type, await on(part));
    expect(found).toMatchObject({ uri: editor.uri(FILE), range: { start: at(place) } });
  });

  test('of a runbook is its file, and of a given input its place there', async () => {
    const uri = pathToFileURL(join(cwd, 'runbooks/child.yaml')).href;
    const runbook = await on('runbook: chi‸ld');
    expect(await editor.connection.sendRequest(DefinitionRequest.type, runbook)).toMatchObject({
      uri,
      range: { start: { line: 0 } },
    });
    const input = await on('da‸ys: 3');
    expect(await editor.connection.sendRequest(DefinitionRequest.type, input)).toMatchObject({
      uri,
      range: { start: { line: 4, character: 2 }, end: { line: 4, character: 6 } },
    });
  });
});

function partsOf(found: readonly Location[] | null): readonly string[] {
  const document = TextDocument.create('', 'yaml', 0, TEXT);
  return (found ?? []).map(({ range }) => document.getText(range));
}

test('handlers name steps too', async () => {
  const text = TEXT.replace(
    'steps:\n',
    'on_declined: done\nphases:\n  fix: { on_error: [{ if: error.code == "1", goto: done }] }\nsteps:\n',
  );
  const params = await on('on_declined: do‸ne', 0, text);
  const found = await editor.connection.sendRequest(ReferencesRequest.type, {
    ...params,
    context: { includeDeclaration: true },
  });
  expect(found?.map(({ range }) => range.start.line)).toEqual([8, 10, 23, 33]);
  for (const [written, expected] of [
    ['on_declined: ‸', 'ask_them'],
    ['on_error: [{ goto: ‸ }]', 'ask_them'],
    ['phases: { fix: { on_error: [{ if: error.‸ }] } }', 'kind'],
  ] as const)
    expect(await editor.offers(FILE, TEXT.replace('steps:\n', `${written}\nsteps:\n`))).toContain(
      expected,
    );
});

test('the choices of a question name steps too', async () => {
  const asked = `steps:
  - id: which
    ask: { question: Which?, choices: { a: done, b: { goto: done }, c: [{ goto: done }] } }
`;
  const params = await on('a: do‸ne', 0, TEXT.replace('steps:\n', asked));
  const found = await editor.connection.sendRequest(ReferencesRequest.type, {
    ...params,
    context: { includeDeclaration: false },
  });
  expect(found?.filter(({ range }) => range.start.line === 10)).toHaveLength(3);
});

test('the references of a step are everywhere it is named', async () => {
  const params = await on('id: jo‸bs');
  const ask = (includeDeclaration: boolean) =>
    editor.connection.sendRequest(ReferencesRequest.type, {
      ...params,
      context: { includeDeclaration },
    });
  expect(partsOf(await ask(true))).toEqual(Array.from({ length: 7 }, () => 'jobs'));
  expect((await ask(false))?.length).toBe(6);
});

describe('rename', () => {
  /** The texts of the runbook and its cases after a rename. */
  async function renamed(part: string, newName: string, text = TEXT) {
    const params = await on(part, 0, text);
    const edit = await editor.connection.sendRequest(RenameRequest.type, { ...params, newName });
    const applied = (file: string, before: string) => {
      const document = TextDocument.create('', 'yaml', 0, before);
      const edits: TextEdit[] = edit?.changes?.[editor.uri(file)] ?? [];
      return TextDocument.applyEdits(document, edits);
    };
    return { runbook: applied(FILE, text), cases: applied('runbooks/mine.test.yaml', CASES) };
  }

  test.each([
    ['LF', TEXT],
    ['CRLF', TEXT.replaceAll('\n', '\r\n')],
  ])('changes a step in the runbook and in its test file (%s)', async (_, text) => {
    const { runbook, cases } = await renamed('steps.jo‸bs.status', 'count_them', text);
    const expected = text
      .replace('id: jobs', 'id: count_them')
      .replaceAll('steps.jobs', 'steps.count_them')
      .replace("['jobs']", "['count_them']")
      .replace('next: jobs', 'next: count_them');
    expect(runbook).toBe(expected);
    expect(cases).toBe(
      CASES.replaceAll('jobs:', 'count_them:')
        .replace('to: jobs', 'to: count_them')
        .replace('[jobs,', '[count_them,'),
    );
  });

  test('to a name with a hyphen turns fields into indexes, and the runbook stays valid', async () => {
    const { runbook, cases } = await renamed('id: jo‸bs', 'count-jobs');
    expect(runbook).toContain(`steps["count-jobs"].status == "succeeded"`);
    expect(runbook).toContain(`"After \${{ steps['count-jobs'].row_count }}."`);
    writeFileSync(join(cwd, FILE), runbook);
    writeFileSync(join(cwd, 'runbooks/mine.test.yaml'), cases);
    const files = [FILE, 'runbooks/mine.test.yaml'];
    const { stdout } = runbookCommand(['validate', ...files], { cwd });
    expect(stdout).not.toContain('error[');
  });

  test.each([
    ['a taken name', 'id: jo‸bs', 'done', 'there is a step "done" already'],
    ['no name', 'id: jo‸bs', 'Count them', '"Count them" is not a name'],
    ['a reserved name', 'id: jo‸bs', 'finished', '"finished" is reserved'],
    ['an input', 'inputs.le‸ast }}', 'most', 'only a step can be renamed here'],
    ['plain text', 'Jobs w‸ait', 'most', 'only a step can be renamed here'],
  ])('refuses %s', async (_, part, newName, message) => {
    const params = { ...(await on(part)), newName };
    await expect(editor.connection.sendRequest(RenameRequest.type, params)).rejects.toThrow(
      message,
    );
  });

  test('refuses a text that is not YAML, in which a place could be missed', async () => {
    const broken = TEXT.replace('title: Ask', 'title: "Ask');
    const params = { ...(await on('id: jo‸bs', 0, broken)), newName: 'other' };
    await expect(editor.connection.sendRequest(RenameRequest.type, params)).rejects.toThrow(
      'not YAML',
    );
  });

  test('is prepared with the place of the name', async () => {
    const found = await editor.connection.sendRequest(
      PrepareRenameRequest.type,
      await on('steps.jo‸bs.row.waiting'),
    );
    const line = TEXT.split('\n').findIndex((text) => text.includes('finding:'));
    const character = (TEXT.split('\n')[line] ?? '').indexOf('jobs.row');
    expect(found).toEqual({
      placeholder: 'jobs',
      range: { start: { line, character }, end: { line, character: character + 4 } },
    });
  });
});

test('the outline has inputs, targets, and the steps of each phase', async () => {
  await editor.write(FILE, TEXT);
  const found = await editor.connection.sendRequest(DocumentSymbolRequest.type, {
    textDocument: { uri: editor.uri(FILE) },
  });
  const shown = (found ?? []).map((one) => [
    one.name,
    'children' in one ? one.children?.map(({ name, detail }) => [name, detail]) : [],
  ]);
  expect(shown).toEqual([
    [
      'inputs',
      [
        ['url', 'url'],
        ['least', 'number'],
      ],
    ],
    ['targets', [['db', 'a database (postgres)']]],
    ['diagnose', [['jobs', 'Count the jobs 🚑']]],
    [
      'fix',
      [
        ['ask_them', 'Ask'],
        ['inner', undefined],
        ['done', undefined],
      ],
    ],
  ]);
});
