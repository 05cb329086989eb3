'use strict';
// The start of the single file: Node, with the package as assets of its own. Node loads modules only from
// files, so the package is unpacked into the user's cache, once for each build.
const fs = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const sea = require('node:sea');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const { gunzipSync } = require('node:zlib');

/** The file that holds the name of the build, among the assets. */
const BUILD = 'build';
/** An unpacked build that nobody has started for so long is removed. */
const KEPT_MS = 30 * 24 * 3_600_000;

const words = process.argv.slice(2);
if (words[0] === '--as-node') asNode(words.slice(1));
else {
  const program = path.join(unpacked(), 'bin/runbook.js');
  process.argv = [process.execPath, program, ...words];
  load(program);
}

/** Runs a file, or a script behind `-e`, as Node would. Programs of the lab are started so. */
function asNode([file, ...rest]) {
  if (file !== '-e') {
    process.argv = [process.execPath, path.resolve(file), ...rest];
    load(path.resolve(file));
    return;
  }
  const [script, ...args] = rest;
  process.argv = [process.execPath, ...args];
  globalThis.require = createRequire(path.join(process.cwd(), 'script'));
  vm.runInThisContext(script);
}

/** Imports a file. Node warns about the only way to do that from here; nobody who reads that could act on it. */
function load(file) {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) =>
    /USE_MAIN_CONTEXT/.test(warning) ? undefined : emitWarning.call(process, warning, ...rest);
  const importing = new vm.Script(`import(${JSON.stringify(pathToFileURL(file).href)})`, {
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  importing.runInThisContext();
  process.emitWarning = emitWarning;
}

/** Returns the folder of the unpacked package: in the cache, or where that cannot be, among temporary files. */
function unpacked() {
  const build = sea.getAsset(BUILD, 'utf8');
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir() || '/', '.cache');
  const places = [
    path.join(cache, 'runbook', 'program'),
    path.join(os.tmpdir(), `runbook-${process.geteuid()}`),
  ];
  const problems = [];
  for (const builds of places) {
    try {
      const folder = path.join(builds, build);
      if (!fs.existsSync(folder)) unpack(builds, folder);
      refuseIfOpen(builds);
      fs.utimesSync(folder, new Date(), new Date());
      return folder;
    } catch (error) {
      problems.push(`  ${builds}: ${error.message}`);
    }
  }
  process.stderr.write(
    `runbook: cannot unpack itself:\n${problems.join('\n')}\nSet XDG_CACHE_HOME to a folder of your own that it can write to.\n`,
  );
  process.exit(5);
}

/** Node runs what is in the folder. */
function refuseIfOpen(folder) {
  const found = fs.lstatSync(folder);
  const isOwn = found.isDirectory() && found.uid === process.geteuid();
  if (!isOwn || (found.mode & 0o022) !== 0)
    throw new Error('others can write to it, or it belongs to somebody else');
}

/** Recursive creation by Node never ends below /proc. */
function makeFolder(folder, levels) {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || levels === 0) throw error;
    makeFolder(path.dirname(folder), levels - 1);
    fs.mkdirSync(folder, { mode: 0o700 });
  }
}

function unpack(builds, folder) {
  makeFolder(builds, 2);
  refuseIfOpen(builds);
  const fresh = fs.mkdtempSync(`${folder}-`);
  for (const name of sea.getAssetKeys().filter((key) => key !== BUILD)) {
    const file = path.join(fresh, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, gunzipSync(Buffer.from(sea.getRawAsset(name))));
  }
  try {
    fs.renameSync(fresh, folder);
  } catch (error) {
    // Another process was faster.
    fs.rmSync(fresh, { recursive: true, force: true });
    if (!fs.existsSync(folder)) throw error;
  }
  for (const name of fs.readdirSync(builds)) {
    const other = path.join(builds, name);
    if (Date.now() - fs.statSync(other).mtimeMs > KEPT_MS)
      fs.rmSync(other, { recursive: true, force: true });
  }
}
