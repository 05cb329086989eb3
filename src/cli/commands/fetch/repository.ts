import { spawn } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFolder } from '#run/store/file/private-folder.ts';
import { harmlessLine } from '#text/harmless.ts';
import { checkoutOf, fetchedCommit, type GitFolder } from '../../config/git-folder.ts';

/** The end of fetching a repository: its commit, and the one that was there if it differs. */
export type Fetched =
  | { readonly ok: true; readonly commit: string; readonly before: string | undefined }
  | { readonly ok: false; readonly reason: string };

type Wanted = Omit<GitFolder, 'folder'>;

/**
 * Fetches a version of a repository into the cache folder. What was there stays if it fails. A commit
 * that is there is not fetched again; a tag is, since it may have moved.
 */
export async function fetchRepository(wanted: Wanted): Promise<Fetched> {
  const before = fetchedCommit(wanted);
  if (before !== undefined && wanted.version.kind === 'commit')
    return { ok: true, commit: before, before: undefined };
  const folder = checkoutOf(wanted);
  const draft = `${folder}.${process.pid}`;
  try {
    makePrivateFolder(dirname(folder));
    const commit = await checkedOut(wanted, draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return { ok: true, commit, before: before === commit ? undefined : before };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Fetches into a new folder and returns the commit; throws if it is not the wanted one. */
async function checkedOut({ url, version }: Wanted, folder: string): Promise<string> {
  await git(['init', '--quiet', '--template=', folder]);
  const inside = (...args: readonly string[]) => git(['-C', folder, ...SAFE, ...args]);
  const { kind, name } = version;
  const wanted = kind === 'commit' ? name : `refs/tags/${name}`;
  const ref = kind === 'commit' ? name : `refs/tags/${name}:refs/tags/${name}`;
  try {
    await inside('fetch', '--quiet', '--depth=1', '--no-tags', '--', url, ref);
  } catch (error) {
    if (kind === 'tag') throw notATag(name, error);
    // Not every server gives a commit by its hash.
    await inside('fetch', '--quiet', '--no-tags', '--', url, '+refs/heads/*:refs/remotes/all/*');
  }
  const commit = await inside('rev-parse', '--verify', '--quiet', `${wanted}^{commit}`);
  if (kind === 'commit' && commit !== name) throw new Error(`the commit is ${commit}`);
  await inside('checkout', '--quiet', '--detach', commit);
  return commit;
}

/** No hook, no link out of the folder, no transport that runs a command. */
const SAFE = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.symlinks=false'],
  ...['-c', 'protocol.ext.allow=never', '-c', 'advice.detachedHead=false'],
] as const;

function notATag(name: string, error: unknown): Error {
  const said = error instanceof Error ? error.message : String(error);
  return /couldn't find remote ref/.test(said)
    ? new Error(
        `there is no tag "${name}"; a branch is not a fixed version: name a tag or a commit`,
      )
    : new Error(said);
}

/** Runs git and returns what it printed; throws with its last line of complaint. */
async function git(args: readonly string[]): Promise<string> {
  const child = spawn('git', [...args], {
    // Git asks for a passphrase or a password on the terminal by itself.
    stdio: ['inherit', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LC_ALL: 'C',
      GIT_LFS_SKIP_SMUDGE: '1',
      ...(process.stdin.isTTY ? {} : { GIT_TERMINAL_PROMPT: '0' }),
    },
  });
  const printed: Buffer[] = [];
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot start git: ${error.message}`)));
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(printed).toString('utf8').trim();
  const lines = Buffer.concat(said).toString('utf8').trim().split('\n');
  const last = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1);
  throw new Error(harmlessLine(last || `git ended with ${code}`));
}
