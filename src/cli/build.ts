import { execFileSync } from 'node:child_process';

/**
 * Returns the commit of the checkout at `root` and its date, e.g. `12f3c40b, 2026-11-24`; with
 * `modified` if files differ from it, or `development` if `root` is not a checkout of its own.
 */
export function buildOfCheckout(root: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    }).trim();
  try {
    // A copy inside another repository is none of its commits.
    if (git('rev-parse', '--show-prefix') !== '') return 'development';
    const commit = git('log', '-1', '--abbrev=8', '--format=%h, %cs');
    const changes = git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}, modified`;
  } catch {
    return 'development';
  }
}
