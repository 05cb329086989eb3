import { execFile } from 'node:child_process';
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

/** Tells whether the user can read all paths, including the directories above them. */
export async function canRead(user: ServerUser, paths: readonly string[]): Promise<boolean> {
  const script = 'for path; do test -r "$path" || exit 1; done';
  try {
    await run('/bin/sh', ['-c', script, 'sh', ...paths], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
