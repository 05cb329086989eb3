import { join } from 'node:path';
import { errorAt } from '#runbook/diagnostic.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { findUrlPasswords } from '#text/url.ts';
import { resolvePath } from './files.ts';
import { checkoutOf, type GitFolder } from './git-folder.ts';
import type { ConfigProblem } from './read.ts';
import type { ConfigDocument } from './schema.ts';

type Written = NonNullable<ConfigDocument['runbooks']>[number];

/** Reads `runbooks:` of a config file in `base`: every folder in its order, and those from git. */
export function readPlaces(
  written: readonly Written[],
  base: string,
  root: LocatedNode,
): {
  readonly folders: readonly string[];
  readonly git: readonly GitFolder[];
  readonly problems: readonly ConfigProblem[];
} {
  const folders: string[] = [];
  const git: GitFolder[] = [];
  const problems: ConfigProblem[] = [];
  for (const [index, one] of written.entries()) {
    if (typeof one === 'string') {
      folders.push(resolvePath(one, base));
      continue;
    }
    const read = gitFolderOf(one);
    if (typeof read === 'object') {
      git.push(read);
      folders.push(join(checkoutOf(read), read.folder));
      continue;
    }
    const { span } = nodeAt(root, ['runbooks', index]) ?? root;
    problems.push(errorAt('wrong-value', { ...span, end: span.start + 1 }, read, HINTS[read]));
  }
  return { folders, git, problems };
}

const UNPINNED = 'the version of this repository is not fixed';
const TWICE = 'both commit and tag are given';
const PASSWORD = 'this address has a password';

type Problem = typeof UNPINNED | typeof TWICE | typeof PASSWORD;

const HINTS: Readonly<Record<Problem, string>> = {
  [UNPINNED]: 'add commit: with the whole hash, or tag:',
  [TWICE]: 'keep one of them',
  [PASSWORD]: 'remove it: git uses its own credentials',
};

function gitFolderOf({
  git: url,
  commit,
  tag,
  folder = '',
}: Exclude<Written, string>): GitFolder | Problem {
  if (findUrlPasswords(url).length > 0) return PASSWORD;
  if (commit !== undefined && tag !== undefined) return TWICE;
  if (commit !== undefined) return { url, version: { kind: 'commit', name: commit }, folder };
  return tag === undefined ? UNPINNED : { url, version: { kind: 'tag', name: tag }, folder };
}
