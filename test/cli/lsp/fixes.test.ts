import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CodeActionRequest, HoverRequest, type TextEdit } from 'vscode-languageserver/node';
import { Editor } from '../../support/editor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let editor: Editor;

afterEach(() => editor.leave());

function runbookOf(steps: string): string {
  return `name: jobs
title: Jobs
summary: Jobs are stuck.
inputs: { url: { type: url, secret: true }, port: { type: number, default: 1 } }
targets: { db: { database: "\${{ inputs.url }}" }, host: { local: true } }
steps:
${steps}  - { id: done, finish: { outcome: resolved, summary: "Done on \${{ inputs.port }}." } }
`;
}

/** Opens a runbook with these steps; resolves with the text that each offered fix makes of its line. */
async function fixesOf(steps: string): Promise<readonly string[]> {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks'));
  editor = await Editor.start(cwd);
  const file = 'runbooks/jobs.yaml';
  const text = runbookOf(steps);
  await editor.write(file, text);
  const diagnostics = await editor.problems(file);
  const [range] = diagnostics.map((one) => one.range);
  if (range === undefined) throw new Error('there is no problem');
  const actions = await editor.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: editor.uri(file) },
    range,
    context: { diagnostics: [...diagnostics] },
  });
  return (actions ?? []).flatMap((action) => {
    const edits = 'edit' in action ? Object.values(action.edit?.changes ?? {}).flat() : [];
    return edits.map((edit) => lineWith(text, edit));
  });
}

function lineWith(text: string, { range: { start, end }, newText }: TextEdit): string {
  const line = text.split('\n')[start.line] ?? '';
  return (line.slice(0, start.character) + newText + line.slice(end.character)).trim();
}

test.each([
  ['- { id: look, on: dbb, sql: SELECT 1 }', '- { id: look, on: db, sql: SELECT 1 }'],
  ['- { id: look, on: db, sqll: SELECT 1 }', '- { id: look, on: db, sql: SELECT 1 }'],
  [
    '- { id: look, on: host, shell: ls, next: [{ if: inputs.prot == 1, goto: done }, { goto: done }] }',
    '- { id: look, on: host, shell: ls, next: [{ if: inputs.port == 1, goto: done }, { goto: done }] }',
  ],
  [
    '- { id: look, on: host, shell: ls, next: [{ if: inputs.port = 1, goto: done }, { goto: done }] }',
    '- { id: look, on: host, shell: ls, next: [{ if: inputs.port == 1, goto: done }, { goto: done }] }',
  ],
  ['- { id: look, on: host, command: ls }', '- { id: look, on: host, shell: ls }'],
  [
    '- { id: look, on: host, shell: ls, next: dnoe }',
    '- { id: look, on: host, shell: ls, next: done }',
  ],
  [
    '- { id: look, on: host, shell: ls, timeout: 10 s }',
    '- { id: look, on: host, shell: ls, timeout: 10s }',
  ],
  [
    '- { id: look, on: host, shell: cat x, next: [{ if: result.stdout == "on", goto: done }, { goto: done }] }',
    '- { id: look, on: host, shell: cat x, next: [{ if: result.stdout.trim() == "on", goto: done }, { goto: done }] }',
  ],
])('a fix is offered for %s', async (step, fixed) => {
  expect(await fixesOf(`  ${step}\n`)).toEqual([fixed]);
});

test.each([
  '- { id: look, on: host, shell: "rm -rf \\"$DIR\\"/*", undo: { none: x }, confirm: { phrase: yes it is } }',
  '- { id: look, on: db, sql: DELETE FROM jobs, effect: change, undo: { none: x } }',
  '- { id: look, on: host, shell: ls, next: [{ if: inputs.port < "5", goto: done }, { goto: done }] }',
])('none is offered that would lose what is meant: %s', async (step) => {
  expect(await fixesOf(`  ${step}\n`)).toEqual([]);
});

test.each([
  ['shell: rm x', '**Destructive**: it stops at its gate, which asks to type `it`.'],
  ['shell: touch x', '**A change**: it stops at its gate, which asks for a key.'],
  ['shell: rm x, confirm: { phrase: gone }', 'which asks to type `gone`.'],
  ['shell: ./look', 'It cannot be proven'],
  ['shell: ./look, read_because: It looks.', '**Read-only** on your word'],
])('the key of an action says what it can do: %s', async (action, says) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks'));
  editor = await Editor.start(cwd);
  const marked = runbookOf(`  - { id: it, on: host, s‸${action.slice(1)} }\n`);
  const position = await editor.place('runbooks/jobs.yaml', marked);
  const at = editor.at('runbooks/jobs.yaml', position);
  const said = await editor.connection.sendRequest(HoverRequest.type, at);
  expect(JSON.stringify(said?.contents)).toContain(says);
});
