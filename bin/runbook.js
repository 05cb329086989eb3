#!/usr/bin/env node
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12)) {
  cacheCompiledCode();
  await import('../dist/main.js');
} else {
  process.stderr.write(
    `runbook needs Node 22.12 or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 5;
}

/**
 * Keeps compiled code in the user's cache folder. Node runs what it finds there, so a folder that
 * others may enter is not used, nor Node's default in the system's folder of temporary files. Each
 * build has a folder of its own, which replaces the one before. Without it the start only takes longer.
 */
function cacheCompiledCode() {
  // Imports of these modules would load everything that they export.
  const fs = process.getBuiltinModule('node:fs');
  const home =
    process.env.XDG_CACHE_HOME || `${process.getBuiltinModule('node:os').homedir()}/.cache`;
  const folder = `${home}/runbook/compiled`;
  try {
    const { size, mtimeMs } = fs.statSync(new URL('../dist/main.js', import.meta.url));
    const build = `${size}-${Math.trunc(mtimeMs)}`;
    const isNew = fs.lstatSync(`${folder}/${build}`, { throwIfNoEntry: false }) === undefined;
    if (isNew) {
      for (const path of [home, `${home}/runbook`, folder]) makeFolder(fs, path);
      for (const other of fs.readdirSync(folder))
        fs.rmSync(`${folder}/${other}`, { recursive: true, force: true });
      makeFolder(fs, `${folder}/${build}`);
    }
    if (isPrivate(fs, folder) && isPrivate(fs, `${folder}/${build}`))
      module.enableCompileCache?.(`${folder}/${build}`);
  } catch {
    // The folder cannot be created or read.
  }
}

function makeFolder(fs, path) {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function isPrivate(fs, path) {
  const found = fs.lstatSync(path);
  return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
}
