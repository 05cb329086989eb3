import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DefinitionRequest, HoverRequest, RenameRequest } from 'vscode-languageserver/node';
import { Editor } from '../../support/editor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LIBRARY = `about: Sessions.
fragments:
  sessions: { postgres: pg_stat_activity, mysql: information_schema.processlist }
templates:
  free_slots:
    params: { least: { type: number, default: 4 }, then: { type: step } }
    step:
      title: How many slots are free?
      on: db
      sql: SELECT count(*) AS free FROM @{sessions}
      next:
        - if: result.row.free >= @{least}
          goto: "@{then}"
  look_around:
    steps:
      - { id: look_here, manual: Look here. }
      - { id: look_there, manual: Look there. }
  look_at:
    params: [what]
    steps:
      - { id: "look_@{what}", manual: Look at it. }
  no_rights:
    clauses:
      - if: error.kind == "no_permission"
        goto: done
  free_or:
    params: { to: { type: step } }
    clauses:
      - goto: "@{to}"
`;
const HEAD = `name: mine
title: Jobs wait
summary: Jobs wait.
uses: [sessions]
inputs:
  url: { type: url, secret: true }
targets:
  db: { database: "\${{ inputs.url }}", engine: postgres }
steps:
  - use: free_slots
    id: free
    with: { then: fix }
`;
const END = `  - id: fix
    manual: Fix it.
    next: done
  - id: done
    finish: { outcome: resolved, summary: Done. }
`;
const FILE = 'runbooks/mine.yaml';

let editor: Editor;

beforeEach(async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks/lib'), { recursive: true });
  writeFileSync(join(cwd, 'runbooks/lib/sessions.yaml'), LIBRARY);
  editor = await Editor.start(cwd);
});

afterEach(() => editor.leave());

test.each([
  ['uses', `${HEAD.replace('[sessions]', '[‸]')}${END}`, ['sessions']],
  ['use of a step', `${HEAD}  - use: ‸\n${END}`, ['free_slots', 'look_around', 'look_at']],
  [
    'use of a clause',
    `${HEAD}  - id: look\n    manual: Look.\n    next:\n      - use: ‸\n${END}`,
    ['no_rights', 'free_or'],
  ],
  ['with', `${HEAD}  - use: free_slots\n    id: again\n    with: { ‸ }\n${END}`, ['then', 'least']],
  ['an insertion', `${HEAD}  - id: look\n    sql: SELECT 1 FROM @{‸}\n${END}`, ['sessions']],
  [
    'goto',
    `${HEAD}  - id: look\n    manual: Look.\n    next:\n      - goto: ‸\n${END}`,
    ['free', 'look', 'fix', 'done'],
  ],
  [
    'goto with an ID made from a parameter',
    `${HEAD}  - use: look_at\n    with: { what: disk }\n  - id: look\n    manual: Look.\n    next:\n      - goto: ‸\n${END}`,
    ['free', 'look_disk', 'look', 'fix', 'done'],
  ],
  [
    'a step that a template takes',
    `${HEAD}  - use: free_slots\n    id: again\n    with: { least: 2, then: ‸ }\n${END}`,
    ['free', 'again', 'fix', 'done'],
  ],
  [
    'a step that a clause takes',
    `${HEAD}  - id: look\n    manual: Look.\n    next:\n      - { use: free_or, with: { to: ‸ } }\n${END}`,
    ['free', 'look', 'fix', 'done'],
  ],
  ['columns of a template', `${HEAD}  - id: look\n    if: steps.free.row.‸\n${END}`, ['free']],
])('%s is completed from library files', async (_, marked, expected) => {
  expect(await editor.offers(FILE, marked)).toEqual(expected);
});

test('a parameter is offered in its template', async () => {
  const marked = LIBRARY.replace('@{least}', '@{‸}');
  expect(await editor.offers('runbooks/lib/sessions.yaml', marked)).toEqual([
    'least',
    'then',
    'sessions',
  ]);
});

test.each([
  ['use: free‸_slots', 4],
  ['FROM @{sess‸ions}', 2],
  ['uses: [sess‸ions]', 0],
])('%s leads to the library file', async (part, line) => {
  const text = `${HEAD}  - id: look\n    sql: SELECT 1 FROM @{sessions}\n${END}`;
  const place = await editor.place(FILE, text.replace(part.replace('‸', ''), part));
  const found = await editor.connection.sendRequest(DefinitionRequest.type, editor.at(FILE, place));
  expect(found).toMatchObject({
    uri: editor.uri('runbooks/lib/sessions.yaml'),
    range: { start: { line } },
  });
});

test('a step that is given to a template is found, explained and renamed', async () => {
  const text = `${HEAD}${END}`.replace('then: fix', 'then: fi‸x');
  const at = editor.at(FILE, await editor.place(FILE, text));
  const line = HEAD.split('\n').length - 1;
  expect(await editor.connection.sendRequest(DefinitionRequest.type, at)).toMatchObject({
    range: { start: { line, character: 8 } },
  });
  const said = await editor.connection.sendRequest(HoverRequest.type, at);
  expect(JSON.stringify(said)).toContain('**fix**');
  const changes = await editor.connection.sendRequest(RenameRequest.type, {
    ...at,
    newName: 'mend',
  });
  expect(JSON.stringify(changes).match(/"newText":"mend"/g)).toHaveLength(2);
});

test('a step of a template is found in the library file', async () => {
  const text = `${HEAD}  - use: look_around\n${END}`.replace('next: done', 'next: look_th‸ere');
  const place = await editor.place(FILE, text);
  const found = await editor.connection.sendRequest(DefinitionRequest.type, editor.at(FILE, place));
  const line = LIBRARY.split('\n').findIndex((one) => one.includes('look_there'));
  expect(found).toMatchObject({
    uri: editor.uri('runbooks/lib/sessions.yaml'),
    range: { start: { line, character: 14 } },
  });
});

test('a fragment and a template are explained', async () => {
  const text = `${HEAD}  - id: look\n    sql: SELECT 1 FROM @{sessions}\n${END}`;
  const said = async (part: string) => {
    const place = await editor.place(FILE, text.replace(part.replace('‸', ''), part));
    const found = await editor.connection.sendRequest(HoverRequest.type, editor.at(FILE, place));
    return (found?.contents as { value: string } | undefined)?.value;
  };
  expect(await said('@{sess‸ions}')).toContain('pg_stat_activity');
  expect(await said('use: free‸_slots')).toBe(
    'template `free_slots`: a step of `lib/sessions.yaml`\n\nParameters: `least` (number), `then` (step)',
  );
});

test('a renamed step is renamed where a template is given it', async () => {
  const place = await editor.place(FILE, `${HEAD}${END}`.replace('id: fix', 'id: f‸ix'));
  const edit = await editor.connection.sendRequest(RenameRequest.type, {
    ...editor.at(FILE, place),
    newName: 'repair',
  });
  expect(edit?.changes?.[editor.uri(FILE)]?.map(({ range }) => range.start)).toEqual([
    { line: 11, character: 18 },
    { line: 12, character: 8 },
  ]);
});

test('a step that a library file names is not renamed', async () => {
  const place = await editor.place(FILE, `${HEAD}${END}`.replace('id: done', 'id: d‸one'));
  const params = { ...editor.at(FILE, place), newName: 'ended' };
  await expect(editor.connection.sendRequest(RenameRequest.type, params)).rejects.toThrow(
    'lib/sessions.yaml names the step',
  );
});
