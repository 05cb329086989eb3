import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildOfCheckout } from '../../src/cli/build.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NAMES = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.com'];

/** A repository with one commit of 2026-11-24. */
function checkout(): string {
  const root = temporaryFolder();
  const date = '2026-11-24T12:00:00Z';
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...NAMES, ...args], { cwd: root, env, stdio: 'ignore' });
  writeFileSync(join(root, 'a'), 'a');
  mkdirSync(join(root, 'packages'));
  git('init');
  git('add', '.');
  git('commit', '-m', 'first');
  return root;
}

test('a build is named by its commit and the date of that, whenever it is made', () => {
  const root = checkout();
  expect(buildOfCheckout(root)).toMatch(/^[0-9a-f]{8}, 2026-11-24$/);
  writeFileSync(join(root, 'untracked'), 'a');
  expect(buildOfCheckout(root)).toMatch(/^[0-9a-f]{8}, 2026-11-24$/);
  writeFileSync(join(root, 'a'), 'b');
  expect(buildOfCheckout(root)).toMatch(/^[0-9a-f]{8}, 2026-11-24, modified$/);
});

test('a copy without a repository of its own is a development build', () => {
  const root = checkout();
  expect(buildOfCheckout(join(root, 'packages'))).toBe('development');
  const copy = temporaryFolder();
  cpSync(root, copy, { recursive: true });
  rmSync(join(copy, '.git'), { recursive: true });
  expect(buildOfCheckout(copy)).toBe('development');
});
