import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEAD = `name: jobs
title: Jobs
summary: Jobs are stuck.
targets: { host: { local: true } }
steps:
`;
const LOOK = '  - { id: look, shell: ls jobs }\n';
const CLEAR = `  - id: clear
    shell: rm -- jobs/stuck
    confirm: { warning: It is sent again. }
    undo: { none: The sender has it. }
`;
const END = '  - { id: done, finish: { outcome: resolved, summary: Done. } }\n';

/** Returns a folder with a commit of a runbook with these steps, and how to compare another one with it. */
function committed(steps: string) {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks/lib'), { recursive: true });
  const write = (text: string) => writeFileSync(join(cwd, 'runbooks/jobs.yaml'), text);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { cwd });
  write(HEAD + steps + END);
  git('init', '--quiet');
  git('add', '-A');
  git('commit', '--quiet', '--message', 'first');
  return (now: string, ...more: readonly string[]) => {
    write(HEAD + now + END);
    return runbookCommand(['diff', 'HEAD', '--dir', 'runbooks', ...more], { cwd });
  };
}

test('what is no gate is not shown', () => {
  const since = committed(LOOK + CLEAR);
  expect(since(LOOK + CLEAR)).toMatchObject({ exitCode: 0, stderr: '' });
  const other = since(`${LOOK.replace('jobs', '-l jobs')}${CLEAR}`.replace('Jobs are', 'They are'));
  expect(other).toMatchObject({ exitCode: 0, stdout: 'No gate differs from HEAD.\n' });
});

test('each part of a gate is compared, and the lines that differ are shown', () => {
  const since = committed(CLEAR);
  const { stdout, exitCode } = since(
    CLEAR.replace('jobs/stuck', 'jobs/*').replace('The sender has it.', 'It is lost.'),
  );
  expect(exitCode).toBe(1);
  expect(stdout).toBe(`jobs: 1 gate
  clear: its gate differs (destructive)
    - rm -- jobs/stuck
    - **Cannot be undone:** The sender has it.
    + rm -- jobs/*
    + **Cannot be undone:** It is lost.
`);
});

test('a gate that comes or goes is named, and a read on the word of its author', () => {
  const since = committed(LOOK + CLEAR);
  expect(since(LOOK).stdout).toContain('clear: the step is gone');
  expect(since(LOOK.replace('ls jobs', 'rm jobs') + CLEAR).stdout).toContain(
    'look: destructive now',
  );
  expect(since(LOOK + CLEAR.replace(/shell: .*/, 'shell: ls')).stdout).toContain(
    'clear: no gate any more: it is proven to read',
  );
  const believed = LOOK.replace('ls jobs', './look, read_because: It only looks.');
  const { stdout } = since(believed + CLEAR);
  expect(stdout).toContain('look: a read on its author’s word, without a gate now');
  expect(stdout).toContain('+ Declared read-only because: It only looks.');
});

test('another address of a target is another gate', () => {
  const since = committed(CLEAR);
  const { stdout } = since(`${CLEAR}`.replace('shell: rm', 'on: { ssh: db1 }\n    shell: rm'));
  expect(stdout).toMatch(/clear: its gate differs[\s\S]*\+ .*ssh db1/);
});

test.each([
  [
    'the order of commands',
    'rm -- jobs/stuck',
    '|\n      touch a\n      rm b',
    '|\n      rm b\n      touch a',
  ],
  [
    'a command that runs twice',
    '',
    '|\n      rm b\n      touch a',
    '|\n      rm b\n      touch a\n      rm b',
  ],
])('%s is compared', (_, __, one, other) => {
  const since = committed(CLEAR.replace('rm -- jobs/stuck', one));
  const { stdout, exitCode } = since(CLEAR.replace('rm -- jobs/stuck', other));
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('clear: its gate differs')]);
});

test.each([
  ['the items', `  - { for_each: '["a"]', `, `  - { for_each: '["a", "b"]', `],
  ['the condition', '  - { if: "1 == 1", ', '  - { if: "1 == 2", '],
  ['the variables', '  - { env: { A: b }, ', '  - { env: { A: c }, '],
  ['the folder', '  - { cwd: /a, ', '  - { cwd: /b, '],
  ['the standard input', '  - { stdin: a, ', '  - { stdin: b, '],
])('%s of a step with a gate are compared', (_, one, other) => {
  const rest = 'id: clear, shell: rm x, undo: { none: The sender has it. } }\n';
  expect(committed(one + rest)(other + rest).stdout).toContain('clear: its gate differs');
});

test.each([
  ['a computed value', 'values: { file: "\\"a\\"" }', 'values: { file: "\\"b\\"" }', 'values.file'],
  [
    'a default',
    'inputs: { file: { type: text, default: a } }',
    'inputs: { file: { type: text, default: b } }',
    'inputs.file',
  ],
])('%s that a gate uses is compared', (_, one, other, name) => {
  const step = `  - { id: clear, shell: "rm -- \${{ ${name} }}", undo: { none: The sender has it. } }\n`;
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'runbooks'));
  const write = (part: string) =>
    writeFileSync(
      join(cwd, 'runbooks/jobs.yaml'),
      `${HEAD.replace('steps:', `${part}\nsteps:`)}${step}${END}`,
    );
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { cwd });
  write(one);
  git('init', '--quiet');
  git('add', '-A');
  git('commit', '--quiet', '--message', 'first');
  write(other);
  const { stdout } = runbookCommand(['diff', 'HEAD', '--dir', 'runbooks'], { cwd });
  expect(stdout).toContain('clear: its gate differs');
});

test('as Markdown it is a comment for a change request', () => {
  const { stdout } = committed(CLEAR)(CLEAR.replace('stuck', 'all'), '--markdown');
  expect(stdout).toContain('### jobs\n');
  expect(stdout).toContain('```diff\n- rm -- jobs/stuck\n+ rm -- jobs/all\n```');
});

test('a commit or folder that is not there, and an invalid runbook, are errors', () => {
  const since = committed(CLEAR);
  expect(since('  - { id: x }\n')).toMatchObject({ exitCode: 2, stdout: '' });
  const cwd = temporaryFolder();
  const nowhere = runbookCommand(['diff', 'HEAD'], { cwd });
  expect(nowhere.exitCode).toBe(2);
  expect(nowhere.stderr).toContain('there is no folder runbooks');
  mkdirSync(join(cwd, 'runbooks'));
  expect(runbookCommand(['diff', 'HEAD'], { cwd }).stderr).toContain('cannot be read from git');
});
