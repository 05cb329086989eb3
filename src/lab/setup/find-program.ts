import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Directories with programs that an ordinary user's PATH lacks. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/libexec'];

/**
 * Finds a program on the PATH or in the servers' usual directories. Returns undefined if there is
 * none.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS]) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
