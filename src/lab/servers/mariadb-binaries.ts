import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../setup/find-program.ts';

/** The programs of a MariaDB installation. */
export type MariadbBinaries = {
  /** Creates a data directory; a script that needs `my_print_defaults`. */
  readonly installDb: string;
  readonly mariadbd: string;
  /** E.g. `10.11.19`. */
  readonly version: string;
};

/** Finds MariaDB on the PATH. Returns undefined if one of its programs is missing. */
export async function findMariadb(): Promise<MariadbBinaries | undefined> {
  const installDb = await findProgram('mariadb-install-db');
  const mariadbd = await findProgram('mariadbd');
  const helper = await findProgram('my_print_defaults');
  if (installDb === undefined || mariadbd === undefined || helper === undefined) return undefined;
  const { stdout } = await promisify(execFile)(mariadbd, ['--no-defaults', '--version']);
  const version = /Ver (\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? 'unknown';
  return { installDb, mariadbd, version };
}
