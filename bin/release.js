import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildAll } from './build.js';
import { debianPackage } from './release/debian-package.ts';
import { billOfMaterials } from './release/sbom.js';
import { singleFile } from './release/single-file.ts';

// npm run release -- [FOLDER]   makes everything that a release publishes in FOLDER, `release` if none is given.
const run = promisify(execFile);
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.argv[2] ?? join(root, 'release');
const scratch = await mkdtemp(join(tmpdir(), 'runbook-release-'));
try {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await buildAll();
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root, maxBuffer: 64 << 20 },
  );
  const [packed] = Object.values(JSON.parse(stdout));
  const { name, version } = packed;
  const files = packed.files.map(({ path }) => path).sort();
  const output = join(folder, `${name}-${version}-${process.platform}-${process.arch}`);
  await singleFile({ root, files, node: process.execPath, output, scratch });
  if (await has('dpkg-deb')) {
    const { stdout: madeAt } = await run('git', ['log', '-1', '--format=%ct'], { cwd: root });
    await debianPackage({
      ...{ file: output, root, version, arch: process.arch, madeAt: Number(madeAt) },
      ...{ folder, scratch },
    });
  } else process.stderr.write('release: no package for Debian: dpkg-deb is not installed\n');
  const { outputs } = JSON.parse(await readFile(join(root, 'dist/meta.json'), 'utf8'));
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const bill = await billOfMaterials(used, root, { name, version });
  await writeFile(
    join(folder, `${name}-${version}.cdx.json`),
    `${JSON.stringify(bill, null, 2)}\n`,
  );
  const sums = await Promise.all(
    (await readdir(folder)).sort().map(async (file) => {
      const sum = createHash('sha256').update(await readFile(join(folder, file)));
      return `${sum.digest('hex')}  ${file}\n`;
    }),
  );
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  process.stdout.write(sums.join(''));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function has(program) {
  return await run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
