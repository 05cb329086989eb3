import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
  const { name, version, files } = await packed(root, ['--dry-run']);
  const staged = join(scratch, 'package');
  for (const file of files) {
    await mkdir(dirname(join(staged, file)), { recursive: true });
    await cp(join(root, file), join(staged, file));
  }
  await writeFile(join(staged, 'package.json'), await publishedManifest());
  await packed(staged, ['--pack-destination', folder]);
  const output = join(folder, `${name}-${version}-${process.platform}-${process.arch}`);
  await singleFile({ root: staged, files, node: process.execPath, output, scratch });
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

/** Packs a folder with npm, and returns what it has packed. */
async function packed(cwd, options) {
  const args = ['pack', '--json', '--ignore-scripts', ...options];
  const { stdout } = await run('npm', args, { cwd, maxBuffer: 64 << 20 });
  const [{ name, version, files }] = Object.values(JSON.parse(stdout));
  return { name, version, files: files.map(({ path }) => path).sort() };
}

/** The bundle holds what it needs: the package that is published has no dependencies. */
async function publishedManifest() {
  const {
    dependencies: _packages,
    devDependencies: _tools,
    scripts: _commands,
    imports: _sources,
    ...manifest
  } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

async function has(program) {
  return await run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
