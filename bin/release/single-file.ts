import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);

/** Where Node looks for a program of its own. */
const PLACE = 'NODE_SEA_BLOB';
const SENTINEL = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const POSTJECT = fileURLToPath(new URL('../../node_modules/postject/dist/cli.js', import.meta.url));

type Parts = {
  /** The folder of the files. */
  readonly root: string;
  readonly files: readonly string[];
  /** The Node inside. */
  readonly node: string;
  readonly output: string;
  /** A folder for what comes between. */
  readonly scratch: string;
};

/**
 * Makes an executable `output` of a Node and the files of the package.
 */
export async function singleFile({ root, files, node, output, scratch }: Parts): Promise<void> {
  const assets: Record<string, string> = {};
  const sum = createHash('sha256');
  for (const name of files) {
    const packed = gzipSync(await readFile(join(root, name)), { level: 9 });
    sum.update(`${name}\0`).update(packed);
    const asset = join(scratch, 'assets', name);
    await mkdir(dirname(asset), { recursive: true });
    await writeFile(asset, packed);
    assets[name] = asset;
  }
  assets.build = join(scratch, 'build');
  await writeFile(assets.build, sum.digest('hex').slice(0, 16));
  const blob = join(scratch, 'program.blob');
  const config = join(scratch, 'single-file.json');
  const main = fileURLToPath(new URL('single-file.cjs', import.meta.url));
  await writeFile(
    config,
    JSON.stringify({ main, output: blob, assets, disableExperimentalSEAWarning: true }),
  );
  await run(process.execPath, ['--experimental-sea-config', config]);
  await copyFile(node, output);
  await chmod(output, 0o755);
  // Its table of symbols is a tenth of Node. Where binutils is missing, it stays.
  await run('strip', ['--strip-all', output]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await run(process.execPath, [POSTJECT, output, PLACE, blob, '--sentinel-fuse', SENTINEL]);
}
