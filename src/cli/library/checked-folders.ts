import { createHash } from 'node:crypto';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseFolder } from '#run/store/file/base-folder.ts';
import { makePrivateFolder } from '#run/store/file/private-folder.ts';

/** A folder of entries about runbooks that were checked, by key. */
export type CheckedFolder = {
  readonly read: (key: string) => Buffer | undefined;
  /** Writes an entry if it can; absent on the folder that is part of the program. */
  readonly write?: (key: string, entry: Buffer) => void;
};

/** More entries than this in the user's folder: the older half is removed. */
const MOST_ENTRIES = 400;

/**
 * Returns the folder that is shipped with the program, and the user's own for the same build; none in
 * a checkout, whose code changes without a build.
 */
export function checkedFolders(): readonly CheckedFolder[] {
  const built = dirname(fileURLToPath(import.meta.url));
  const program = read(join(built, 'main.js'));
  if (program === undefined) return [];
  const build = createHash('sha256').update(program).digest('hex').slice(0, 16);
  const cache = baseFolder(process.env.XDG_CACHE_HOME, join(homedir(), '.cache'));
  return [
    shippedFolder(join(built, 'checked')),
    usersFolder(join(cache, 'runbook/checked', build)),
  ];
}

function shippedFolder(folder: string): CheckedFolder {
  return { read: (key) => read(join(folder, key)) };
}

function usersFolder(folder: string): CheckedFolder {
  return {
    read: (key) => (isPrivate(folder) ? read(join(folder, key)) : undefined),
    write: (key, entry) => {
      try {
        prepare(folder);
        const draft = join(folder, `.${key}.${process.pid}`);
        writeFileSync(draft, entry, { mode: 0o600, flag: 'wx' });
        renameSync(draft, join(folder, key));
      } catch {
        // Without the entry the runbook is checked again, which is as good and only slower.
      }
    },
  };
}

/** Entries that another user could have written are not used. */
function isPrivate(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return false;
  return found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
}

/** Creates the folder, removes those of other builds, and makes room. */
function prepare(folder: string): void {
  const isNew = lstatSync(folder, { throwIfNoEntry: false }) === undefined;
  makePrivateFolder(folder);
  if (!isPrivate(folder)) throw new Error(`${folder} is not private`);
  if (isNew)
    for (const other of readdirSync(dirname(folder)))
      if (join(dirname(folder), other) !== folder)
        rmSync(join(dirname(folder), other), { recursive: true, force: true });
  const entries = readdirSync(folder).map((name) => join(folder, name));
  if (entries.length < MOST_ENTRIES) return;
  const byAge = entries
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => a.at - b.at);
  for (const { path } of byAge.slice(0, MOST_ENTRIES / 2)) rmSync(path, { force: true });
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
