import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LocatedDiagnostic } from '#report/diagnostics/located.ts';
import { Editor } from '../../support/editor.ts';
import { runbookCommand } from '../../support/start-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const END = '  - { id: done, finish: { outcome: resolved, summary: Done. } }\n';
const BROKEN = `name: other
title: A title 🚑
summary: A summary.
inputs:
  url: { type: url, secret: true }
targets:
  db: { database: "\${{ inputs.url }}" }
steps:
  - id: look
    phaze: fix
    sql: DELETE FROM jobs WHERE 🚑 = 1
    retry: { attempts: 2 }
    next:
      - if: steps.loook.rows == 1
        goto: dnoe
      - finding: "🚑 \${{ result.nothing }}"
  - id: inner
    runbook: child
${END}`;

let editor: Editor;

afterEach(() => editor.leave());

function folderOf(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

/** What `runbook validate` says of a file. */
function validated(cwd: string, file: string): readonly LocatedDiagnostic[] {
  const { stdout } = runbookCommand(['validate', '--json', file], { cwd });
  const { files } = JSON.parse(stdout) as {
    files: readonly { diagnostics: readonly LocatedDiagnostic[] }[];
  };
  return files[0]?.diagnostics ?? [];
}

/** The same, as an editor gets it. */
function published(found: readonly LocatedDiagnostic[]) {
  return found.map(({ severity, code, message, hint, line, column, endLine, endColumn }) => ({
    severity: severity === 'error' ? 1 : 2,
    code,
    source: 'runbook',
    message: hint === null ? message : `${message}\n${hint}`,
    data: { hint },
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
  }));
}

describe('problems of an open runbook', () => {
  test.each([
    ['LF', BROKEN],
    ['CRLF', BROKEN.replaceAll('\n', '\r\n')],
    ['no YAML at all', 'name: [x\nsteps:\n  - {'],
  ])('are those of runbook validate, in the same places (%s)', async (_, text) => {
    const cwd = folderOf({ 'runbooks/mine.yaml': text });
    editor = await Editor.start(cwd);
    await editor.write('runbooks/mine.yaml', text);
    const found = await editor.problems('runbooks/mine.yaml');
    const expected = published(validated(cwd, 'runbooks/mine.yaml'));
    expect(found).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  test('follow the unsaved text, whatever the file contains', async () => {
    const cwd = folderOf({ 'runbooks/mine.yaml': BROKEN });
    editor = await Editor.start(cwd, []);
    const good = `name: mine\ntitle: T\nsummary: S.\nsteps:\n  - { id: look, manual: Look. }\n${END}`;
    await editor.write('runbooks/mine.yaml', good);
    expect(await editor.problems('runbooks/mine.yaml')).toEqual([]);
    await editor.write('runbooks/mine.yaml', good.replace('manual', 'manaul'));
    await editor.write('runbooks/mine.yaml', good.replace('finish', 'finsh'));
    const found = await editor.problems('runbooks/mine.yaml');
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('the step "done" does nothing'),
    ]);
  });

  test('change with an open runbook that is one of its steps, and vanish when it is closed', async () => {
    const child = `name: child\ntitle: T\nsummary: S.\nsteps:\n${END}`;
    const parent = `name: mine\ntitle: T\nsummary: S.\nsteps:\n  - { id: inner, runbook: child }\n${END}`;
    const cwd = folderOf({ 'runbooks/child.yaml': child, 'runbooks/mine.yaml': parent });
    editor = await Editor.start(cwd);
    await editor.write('runbooks/mine.yaml', parent);
    expect(await editor.problems('runbooks/mine.yaml')).toEqual([]);
    await editor.write('runbooks/child.yaml', child.replace('finish', 'finsh'));
    const [problem] = await editor.problems('runbooks/mine.yaml', ({ length }) => length > 0);
    expect(problem).toMatchObject({ code: 'runbook-invalid', severity: 1 });
    await editor.close('runbooks/child.yaml');
    await editor.problems('runbooks/mine.yaml', ({ length }) => length === 0);
  });

  test('in a library file are shown there, and in the runbook at the place that uses it', async () => {
    const library = 'fragments:\n  who: "Ask ${{ inputs.team }}."\n';
    const head = 'name: mine\ntitle: T\nsummary: S.\ninputs: { team: {} }\nuses: [people]\n';
    const runbook = `${head}steps:\n  - { id: ask, manual: "@{who}" }\n${END}`;
    const cwd = folderOf({ 'runbooks/mine.yaml': runbook });
    mkdirSync(join(cwd, 'runbooks/lib'));
    writeFileSync(join(cwd, 'runbooks/lib/people.yaml'), library);
    editor = await Editor.start(cwd);
    await editor.write('runbooks/mine.yaml', runbook);
    expect(await editor.problems('runbooks/mine.yaml')).toEqual([]);
    await editor.write('runbooks/lib/people.yaml', library.replace('team', 'taem'));
    const [problem] = await editor.problems('runbooks/mine.yaml', ({ length }) => length > 0);
    expect(problem).toMatchObject({
      code: 'unknown-name',
      message: expect.stringMatching(/^runbooks\/lib\/people\.yaml:2:17: inputs has no "taem"/),
      range: { start: { line: 6, character: 24 } },
    });
    await editor.write('runbooks/lib/people.yaml', library.replace('who: ', 'who: @{'));
    expect(await editor.problems('runbooks/lib/people.yaml')).toMatchObject([
      { code: 'yaml-syntax' },
    ]);
  });

  test('are none for YAML that is no runbook', async () => {
    const cwd = folderOf({});
    editor = await Editor.start(cwd);
    const compose = 'services:\n  db: { image: postgres }\n';
    await editor.write('compose.yaml', compose);
    expect(await editor.problems('compose.yaml')).toEqual([]);
    await editor.write('compose.yaml', `${compose}steps: []\n`);
    expect(await editor.problems('compose.yaml')).not.toEqual([]);
  });
});

test('every kind of problem is shown as runbook validate shows it', async () => {
  const fixtures = 'test/fixtures/diagnostics';
  const texts = readdirSync(fixtures).map(
    (name) => [name, readFileSync(join(fixtures, name, 'runbook.yaml'), 'utf8')] as const,
  );
  const cwd = folderOf(
    Object.fromEntries(texts.map(([name, text]) => [`runbooks/${name}.yaml`, text])),
  );
  const { stdout } = runbookCommand(['validate', '--json', 'runbooks'], { cwd });
  const { files } = JSON.parse(stdout) as {
    files: readonly { file: string; diagnostics: readonly LocatedDiagnostic[] }[];
  };
  editor = await Editor.start(cwd);
  let compared = 0;
  for (const { file, diagnostics } of files) {
    // Those of library files are shown where the runbook uses them.
    if (diagnostics.some((one) => one.file !== file)) continue;
    await editor.write(file, readFileSync(join(cwd, file), 'utf8'));
    expect(await editor.problems(file), file).toEqual(published(diagnostics));
    await editor.close(file);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(85);
});

test('the cases of a runbook are checked against its unsaved text', async () => {
  const runbook = `name: mine\ntitle: T\nsummary: S.\nsteps:\n  - { id: look, manual: Look. }\n${END}`;
  const cases = 'cases:\n  - name: looks\n    expect: { path: [look, done] }\n';
  const cwd = folderOf({ 'runbooks/mine.yaml': runbook, 'runbooks/mine.test.yaml': cases });
  editor = await Editor.start(cwd);
  await editor.write('runbooks/mine.test.yaml', cases);
  expect(await editor.problems('runbooks/mine.test.yaml')).toEqual([]);
  const renamed = runbook.replace('id: look', 'id: search');
  await editor.write('runbooks/mine.yaml', renamed);
  const found = await editor.problems('runbooks/mine.test.yaml', ({ length }) => length > 0);
  writeFileSync(join(cwd, 'runbooks/mine.yaml'), renamed);
  expect(found).toEqual(published(validated(cwd, 'runbooks/mine.test.yaml')));
  await editor.write('runbooks/mine.yaml', 'name: x');
  const invalid = await editor.problems('runbooks/mine.test.yaml', ([first]) =>
    String(first?.message).includes('cannot be checked'),
  );
  expect(invalid).toMatchObject([{ severity: 1, range: { start: { line: 0 } } }]);
});

test('an edit in a runbook of 500 steps is answered', async () => {
  const cwd = folderOf({});
  editor = await Editor.start(cwd);
  const steps = Array.from({ length: 500 }, (_, index) => step(index)).join('');
  const text = `name: mine\ntitle: T\nsummary: S.\ninputs: { url: { type: url, secret: true } }\ntargets: { db: { database: "\${{ inputs.url }}" } }\nsteps:\n${steps}${END}`;
  for (const [what, edited] of [
    ['opened', text],
    ['edited', text.replace('s42.row', 's42.rwo')],
  ] as const) {
    const before = performance.now();
    await editor.write('runbooks/mine.yaml', edited);
    const found = await editor.problems('runbooks/mine.yaml');
    const ms = Math.round(performance.now() - before);
    process.stdout.write(`500 steps, ${text.split('\n').length} lines, ${what}: ${ms} ms\n`);
    const codes = found.filter(({ severity }) => severity === 1).map(({ code }) => code);
    expect(codes).toEqual(what === 'opened' ? [] : ['unknown-name']);
  }
  const before = performance.now();
  const offered = await editor.offers(
    'runbooks/mine.yaml',
    `${text}  - id: last\n    if: steps.s98.row.‸\n`,
  );
  process.stdout.write(`500 steps, completed: ${Math.round(performance.now() - before)} ms\n`);
  expect(offered).toEqual(['n']);
});

function step(index: number): string {
  const next = `\n    next:\n      - if: steps.s${index}.row.n > ${index}\n        finding: "\${{ result.row.n }} wait."\n        goto: done`;
  return index % 2 === 0
    ? `  - id: s${index}\n    title: Count\n    why: To know.\n    sql: SELECT count(*) AS n FROM pg_stat_activity WHERE pid > ${index}${next}\n`
    : `  - id: s${index}\n    title: Look\n    shell: |\n      df -h /var | tail -n ${index} | grep -v tmpfs\n`;
}
