import { hash } from 'node:crypto';
import { cp, glob, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256Of } from './kept.js';

// What the tests read of the checkout, and no more.
const COPIED = ['src', 'test', 'runbooks', 'docs', 'bin/mutants/in-process', 'package.json'];

/**
 * Copies the checkout to a folder, with every mutant of `files` in the code, switched off. Returns the mutants,
 * the sources as they were, and a digest of everything that decides the result.
 */
export async function copyInstrumented(files, folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const path of COPIED) await cp(path, join(folder, path), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const sources = await Promise.all(
    files.map(async (name) => ({ name, mutate: true, content: await readFile(name, 'utf8') })),
  );
  const options = { ignorers: [], plugins: null, excludedMutations: [] };
  const instrumented = await (await openInstrumenter()).instrument(sources, options);
  for (const { name, content } of instrumented.files) await writeFile(join(folder, name), content);
  return { mutants: instrumented.mutants, sources, digest: await digestOf(files) };
}

// The instrumenter is a dependency of Stryker's core.
async function openInstrumenter() {
  const core = fileURLToPath(import.meta.resolve('@stryker-mutator/core'));
  const path = createRequire(core).resolve('@stryker-mutator/instrumenter');
  const { Instrumenter } = await import(pathToFileURL(path).href);
  const silent = new Proxy({}, { get: () => () => false });
  return new Instrumenter(silent);
}

async function digestOf(files) {
  const read = await Array.fromAsync(glob(['{src,test,bin/mutants}/**/*.{ts,tsx,js}']));
  const digests = await Promise.all(read.toSorted().map(sha256Of));
  return hash('sha256', JSON.stringify([files, read.toSorted(), digests]), 'hex');
}
