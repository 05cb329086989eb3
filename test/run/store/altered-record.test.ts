import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runStore } from '#run/store/file/folders.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { rechain } from '../../fixtures/rechained.ts';
import { runbookCommand } from '../../support/start-command.ts';

const RUNBOOK = `name: look
title: Look
severity: low
summary: It looks.
steps:
  - { id: greet, title: Greet, shell: echo hello }
  - { id: again, title: Again, runbook: inner }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;
const INNER = `name: inner
title: Inner
severity: low
summary: It looks inside.
steps:
  - { id: inside, title: Inside, shell: echo inside }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

let cwd = '';
let journal = '';
let files = new Map<string, string>();

const folderOf = () => runStore(join(cwd, 'state')).openRun('latest');

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks', 'look.yaml'), RUNBOOK);
  writeFileSync(join(cwd, 'runbooks', 'inner.yaml'), INNER);
  expect(runbookCommand(['run', 'look', '--plain', '--auto'], { cwd }).exitCode).toBe(0);
  const { folder, outputs, runbooks } = folderOf();
  journal = join(folder, 'journal.jsonl');
  const kept = [
    ...['journal.jsonl', 'runbook.yaml'].map((name) => join(folder, name)),
    ...[outputs, runbooks].flatMap((inner) => readdirSync(inner).map((name) => join(inner, name))),
  ];
  files = new Map(kept.map((file) => [file, readFileSync(file, 'utf8')]));
});

afterAll(() => rmSync(cwd, { recursive: true }));

beforeEach(() => {
  for (const [file, text] of files) writeFileSync(file, text);
});

function fileEnding(end: string): string {
  const [found, ...others] = [...files.keys()].filter((file) => file.endsWith(end));
  expect(others).toEqual([]);
  return found ?? '';
}

test('a run that nobody touched is unaltered', async () => {
  const { exitCode, stdout } = runbookCommand(['transcript', 'verify'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/is unaltered: \d+ events, 2 outputs, 2 runbooks\./);
  const { head } = await verifyRun(await runStore(join(cwd, 'state')).open('latest'));
  expect(stdout).toContain(`The hash of the last line is ${head}`);
});

test.each<readonly [what: string, change: () => void, flaw: object]>([
  [
    'an output that was changed, at the same length',
    () => writeFileSync(fileEnding('greet.1.action.1.stdout'), 'HELLO\n'),
    { file: 'outputs/greet.1.action.1.stdout', what: 'was changed after it was written' },
  ],
  [
    'an output that grew',
    () => appendFileSync(fileEnding('greet.1.action.1.stdout'), 'more\n'),
    { file: 'outputs/greet.1.action.1.stdout', what: 'has 11 bytes; 6 were written' },
  ],
  [
    'an output that is gone',
    () => rmSync(fileEnding('greet.1.action.1.stdout')),
    { file: 'outputs/greet.1.action.1.stdout', what: 'is missing, or cannot be read' },
  ],
  [
    'the runbook that was replaced',
    () => writeFileSync(fileEnding('runbook.yaml'), RUNBOOK.replace('hello', 'goodbye')),
    { file: 'runbook.yaml', what: 'is not the runbook that the run began with' },
  ],
  [
    'the runbook of a step that was replaced',
    () => writeFileSync(fileEnding('inner.yaml'), INNER.replace('inside', 'outside')),
    { file: 'runbooks/inner.yaml', what: 'is not the runbook that the run began with' },
  ],
  [
    'a line of the journal that was changed',
    () => writeFileSync(journal, readFileSync(journal, 'utf8').replace('"ada"', '"eve"')),
    { file: 'journal.jsonl', line: 1, what: 'was changed after it was written' },
  ],
  [
    'a journal that was emptied',
    () => writeFileSync(journal, ''),
    { file: 'journal.jsonl', what: 'has no event: it was emptied, or the run never began' },
  ],
  [
    'an event that none of this version is',
    () =>
      rechain(journal, (event, at) => (at === 1 ? { ...event, visit: 'first' as never } : event)),
    { file: 'journal.jsonl', line: 2, what: 'is not a valid step.entered: visit' },
  ],
])('%s is found', (_, change, flaw) => {
  change();
  const { exitCode, stdout } = runbookCommand(['transcript', 'verify', '--json'], { cwd });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, flaws: [flaw] });
});

test('what a crash left is told from what somebody changed', () => {
  appendFileSync(journal, '{"seq":99,"at"');
  writeFileSync(join(folderOf().outputs, 'greet.2.action.1.stdout'), 'half of it');
  const { exitCode, stdout } = runbookCommand(['transcript', 'verify'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')[0]).toMatch(
    /is unaltered, except for a torn last line of 14 bytes: \d+ events/,
  );
  expect(stdout).toContain('outputs/greet.2.action.1.stdout belongs to no event');
});
