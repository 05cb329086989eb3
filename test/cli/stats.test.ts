import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';

const LOOK = `name: look
title: Look around
severity: low
summary: It looks.
steps:
  - { id: greet, title: Greet, shell: echo hello }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

let cwd = '';
const runbook = (...args: readonly string[]) => runbookCommand(args, { cwd });

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks', 'look.yaml'), LOOK);
  for (let run = 0; run < 3; run += 1) runbook('run', 'look', '--plain', '--auto');
  const runs = join(cwd, 'state', 'runs');
  const [first = ''] = readdirSync(runs).toSorted();
  appendFileSync(join(runs, first, 'journal.jsonl'), 'not a line\n');
});

afterAll(() => rmSync(cwd, { recursive: true }));

test('the figures are a table, and damaged runs are said', () => {
  const { stdout, exitCode } = runbook('stats');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^RUNBOOK +RUNS +AS STEP +OUTCOMES +FIRST DECISION +RESOLVED AFTER$/m);
  expect(stdout).toMatch(/^look +2 +0 +2 resolved +- +\d/m);
  expect(stdout).toContain('No step failed, or was declined or skipped.');
  expect(stdout).toMatch(/^1 unreadable run, not counted:\n {2}\S+-look-\w+: line \d+ is not/m);
});

test('the figures are JSON, of one runbook and since a time', () => {
  const shown = (...args: readonly string[]) =>
    JSON.parse(runbook('stats', '--json', ...args).stdout);
  expect(shown('look', '--since', '1h')).toEqual({
    since: expect.stringMatching(/Z$/),
    runbooks: [
      {
        runbook: 'look',
        runs: 2,
        asStep: 0,
        outcomes: { resolved: 2 },
        firstDecisionMs: null,
        resolutionMs: expect.any(Number),
        steps: [],
      },
    ],
    unreadable: [{ id: expect.stringContaining('-look-'), problem: expect.any(String) }],
  });
  expect(shown('other').runbooks).toEqual([]);
  expect(shown('--since', '2999-01-01').runbooks).toEqual([]);
});

test('a time that is none is refused', () => {
  expect(runbook('stats', '--since', 'soon')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('expected a time'),
  });
});
