import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OUTER = `name: outer
title: Outer
summary: Runs another runbook last.
steps:
  - { id: look, effect: read, shell: touch looked }
  - { id: call, runbook: inner }
`;

const INNER = `name: inner
title: Inner
summary: Has a step that goes nowhere.
steps:
  - { id: end, effect: read, shell: echo end, next: [{ goto: nowhere }] }
`;

test('a broken runbook that runs as a step is told before the run begins, and nothing is run', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'outer.yaml'), OUTER);
  writeFileSync(join(cwd, 'inner.yaml'), INNER);
  const state = join(cwd, 'state');
  const { stderr, exitCode } = runbookCommand(['run', 'outer', '--dir', '.', '--plain'], {
    cwd,
    env: { RUNBOOK_STATE: state },
  });
  expect(stderr).toContain('nowhere');
  expect(exitCode).toBe(2);
  expect(existsSync(join(cwd, 'looked'))).toBe(false);
  expect(existsSync(join(state, 'runs'))).toBe(false);
});
