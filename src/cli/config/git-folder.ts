import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { baseFolder } from '#run/store/file/base-folder.ts';

/** A folder of runbooks in a git repository, at a commit or a tag. */
export type GitFolder = {
  readonly url: string;
  readonly version: { readonly kind: 'commit' | 'tag'; readonly name: string };
  /** The folder in the repository. */
  readonly folder: string;
};

/** Returns where a version of a repository is kept, once it was fetched. */
export function checkoutOf({ url, version }: Omit<GitFolder, 'folder'>): string {
  const cache = baseFolder(process.env.XDG_CACHE_HOME, join(homedir(), '.cache'));
  const key = createHash('sha256').update(`${url}\n${version.kind}\n${version.name}`).digest('hex');
  return join(cache, 'runbook/git', key.slice(0, 24));
}

/** Returns the commit of the version that was fetched, or undefined if it was not. */
export function fetchedCommit(git: Omit<GitFolder, 'folder'>): string | undefined {
  try {
    const head = readFileSync(join(checkoutOf(git), '.git/HEAD'), 'utf8').trim();
    if (!/^[0-9a-f]{40}$/.test(head)) return undefined;
    return git.version.kind === 'tag' || head === git.version.name ? head : undefined;
  } catch {
    return undefined;
  }
}

/** Names a version of a repository, e.g. `https://git.example.com/runbooks at the tag v3`. */
export function gitName({ url, version }: Omit<GitFolder, 'folder'>): string {
  const name = version.kind === 'commit' ? version.name.slice(0, 12) : version.name;
  return `${url} at the ${version.kind} ${name}`;
}
