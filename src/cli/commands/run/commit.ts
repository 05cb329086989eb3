import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { libraryPath, partsOf } from '#runbook/yaml/source.ts';

/** The time limit of git, for which a run waits. */
const PATIENCE_MS = 1_000;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * Returns the commit checked out at a runbook's file, and whether its text has changed since: that of
 * the file, or of a library file in it.
 */
export function committed(
  file: string,
  text: string,
): { readonly commit?: string; readonly changedSinceCommit?: boolean } {
  const commit = checkedOutCommit(file);
  if (commit === undefined) return {};
  const changes = partsOf({ file, text }).map(({ name, span }) => {
    const path = name === undefined ? file : libraryPath(file, name);
    return isChangedSince(commit, path, text.slice(span.start, span.end));
  });
  const changedSinceCommit = changes.includes(undefined) ? undefined : changes.includes(true);
  return { commit, ...(changedSinceCommit === undefined ? {} : { changedSinceCommit }) };
}

/** Only asks git for the file's digest, which runs nothing from a repository's settings. */
function isChangedSince(commit: string, file: string, text: string): boolean | undefined {
  const path = realpathSync(file);
  const { status, stdout } = spawnSync(
    'git',
    ['rev-parse', '--verify', '--quiet', `${commit}:./${basename(path)}`],
    { cwd: dirname(path), encoding: 'utf8', timeout: PATIENCE_MS },
  );
  if (status === 1) return true;
  const digest = stdout?.trim() ?? '';
  if (status !== 0 || !COMMIT.test(digest)) return undefined;
  const hash = createHash(digest.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex') !== digest;
}

/**
 * Returns the git commit checked out at a file, or `undefined` outside of a repository and before
 * its first commit. Reads git's own files, so that a run does not wait for another program.
 */
export function checkedOutCommit(file: string): string | undefined {
  try {
    const folder = gitFolderAbove(dirname(realpathSync(file)));
    return folder === undefined ? undefined : commitOf(folder, textOf(join(folder, 'HEAD')));
  } catch {
    return undefined;
  }
}

function gitFolderAbove(folder: string): string | undefined {
  const git = join(folder, '.git');
  const found = statSync(git, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return git;
  // A work tree or a submodule has a file with the location of its folder.
  if (found !== undefined) return resolve(folder, textOf(git).replace(/^gitdir: /, ''));
  const parent = dirname(folder);
  return parent === folder ? undefined : gitFolderAbove(parent);
}

function commitOf(folder: string, head: string): string | undefined {
  const ref = /^ref: (?<name>refs\/.+)$/.exec(head)?.groups?.name;
  const found = ref === undefined ? head : commitOfRef(folder, ref);
  return found !== undefined && COMMIT.test(found) ? found : undefined;
}

/** A work tree shares its branches with its main repository. */
function commitOfRef(folder: string, ref: string): string | undefined {
  const shared = readIfThere(join(folder, 'commondir'));
  const common = shared === undefined ? folder : resolve(folder, shared);
  const packed = () =>
    readIfThere(join(common, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0];
  return readIfThere(join(common, ref)) ?? packed();
}

function readIfThere(file: string): string | undefined {
  try {
    return textOf(file);
  } catch {
    return undefined;
  }
}

function textOf(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
