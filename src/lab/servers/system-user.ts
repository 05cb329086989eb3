import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import { environmentError } from '#errors.ts';

const run = promisify(execFile);

/** The user a server runs as. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number };

const CANDIDATES = ['postgres', 'nobody'];

/**
 * Returns the user a server has to run as, since it refuses to run as root; undefined if this
 * process is not root.
 */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const uid = await numberOf('-u', name);
    const gid = await numberOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw environmentError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as',
    'run this as an ordinary user',
  );
}

async function numberOf(flag: '-u' | '-g', name: string): Promise<number | undefined> {
  try {
    return Number((await run('id', [flag, name])).stdout);
  } catch {
    return undefined;
  }
}

/** Returns whether the user can read all paths, including the directories above them. */
export async function canRead(user: ServerUser, paths: readonly string[]): Promise<boolean> {
  const script = 'for path; do test -r "$path" || exit 1; done';
  try {
    await run('/bin/sh', ['-c', script, 'sh', ...paths], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** Gives files to the user as whom a server runs. Throws an environment error if it cannot reach them. */
export async function handOver(
  server: string,
  user: ServerUser,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) await chown(path, user.uid, user.gid);
  if (await canRead(user, paths)) return;
  throw environmentError(
    `the user "${user.name}", as whom ${server} has to run here, cannot reach ${paths[0]}`,
    'set TMPDIR to a folder that every user can reach',
  );
}
