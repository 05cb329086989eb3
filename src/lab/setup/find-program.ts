import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Directories with programs that an ordinary user's PATH lacks. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/libexec'];

/**
 * Finds a program on the PATH or in the servers' usual directories. Returns undefined if there is
 * none.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  return (await findPrograms(name))[0];
}

/** Finds every program of a name, in the order of the PATH and of the servers' usual directories. */
export async function findPrograms(name: string): Promise<readonly string[]> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS];
  const paths = [...new Set(folders)].map((folder) => join(folder, name));
  const isThere = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => isThere[index]);
}
