import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where programs stand that an ordinary user's PATH does not name. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/libexec'];

/** Finds a program by PATH and where servers stand; undefined where there is none. */
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
