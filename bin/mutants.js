import { hash } from 'node:crypto';
import { access, glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { GROUPS } from './mutants/groups.js';
import { explanationOf, mutantsPage } from './mutants/page.js';
import { readMeasured, scoreOf } from './mutants/report.js';

// npm run mutants                                     every group
// npm run mutants -- machine safety                  these groups
// npm run mutants -- machine src/machine/branch.ts   these files, judged by the tests of the group
// npm run mutants -- page                            docs/contribute/mutants.md from what was measured before
const root = fileURLToPath(new URL('../', import.meta.url));
process.chdir(root);

// What was measured is kept: only what changed since, or its tests, is measured again.
const kept = process.env.RUNBOOK_MUTANTS ?? join(tmpdir(), 'runbook-mutants');
const words = process.argv.slice(2);
const files = words.filter((word) => word.includes('/'));
const names = words.filter((word) => !word.includes('/'));

const AT_A_TIME = 4;
// What the tests read of the checkout, and no more.
const COPIED = ['src', 'test', 'runbooks', 'docs', 'bin/mutants']
  .map((folder) => `!${folder}/**`)
  .concat('!package.json');

await mkdir(kept, { recursive: true });
for (const group of GROUPS.filter(({ name }) => names.length === 0 || names.includes(name)))
  await measure(group);
await report();

/** Measures a few files at a time, so that what is interrupted goes on where it was. */
async function measure({ name, mutate, except, tests }) {
  process.env.RUNBOOK_MUTANTS_TESTS = JSON.stringify(tests);
  const all = files.length > 0 ? files : await filesOf({ mutate, except });
  for (let start = 0; start < all.length; start += AT_A_TIME)
    await measureFiles(name, all.toSorted().slice(start, start + AT_A_TIME));
}

async function filesOf({ mutate, except = [] }) {
  return (await Array.fromAsync(glob(mutate, { exclude: except }))).toSorted();
}

/** What was interrupted left some of its results, which are no score. */
async function noteMeasured(name, measured) {
  const known = await measuredBefore(name);
  for (const file of measured) known[file] = sha256(await readFile(file));
  await writeFile(noteOf(name), JSON.stringify(known));
}

async function measuredBefore(name) {
  return (await isThere(noteOf(name))) ? JSON.parse(await readFile(noteOf(name), 'utf8')) : {};
}

function noteOf(name) {
  return join(kept, `${name}.measured.json`);
}

function sha256(bytes) {
  return hash('sha256', bytes, 'hex');
}

async function measureFiles(name, mutate) {
  say(`${name}: ${mutate.join(' ')}`);
  await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'bin/mutants/vitest.config.js', related: false },
    coverageAnalysis: 'perTest',
    // A constant of a file is changed for all its tests at once, which takes a minute a constant.
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 30_000,
    timeoutFactor: 1.5,
    ignorePatterns: ['**', ...COPIED],
    tempDirName: join(kept, 'sandboxes', name),
    incremental: true,
    incrementalFile: join(kept, `${name}.json`),
    // Not in the copy: Node strips the types, and this TypeScript has no API to read it with.
    tsconfigFile: 'none.json',
    disableTypeChecks: false,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    logLevel: 'warn',
  }).runMutationTest();
  await noteMeasured(name, mutate);
}

async function report() {
  const explained = JSON.parse(await readFile('bin/mutants/explained.json', 'utf8'));
  const groups = [];
  for (const group of GROUPS) {
    const { name } = group;
    const all = await filesOf(group);
    const file = join(kept, `${name}.json`);
    const known = await measuredBefore(name);
    const results = (await isThere(file)) ? await readMeasured(file) : [];
    const measured = results.filter(
      (one) => known[one.name] !== undefined && all.includes(one.name),
    );
    for (const one of measured)
      one.isCurrent = known[one.name] === sha256(await readFile(one.name));
    groups.push({ name, measured, all });
  }
  await writeFile('docs/contribute/mutants.md', mutantsPage(groups, explained));
  for (const { name, measured } of groups) {
    for (const { name: file, survivors } of measured)
      for (const one of survivors.filter((it) => explanationOf(explained, file, it) === undefined))
        say(`${file}:${one.line}  ${one.was}  →  ${one.is || '(nothing)'}`);
    say(`${name}: ${scoreOf(measured).toFixed(1)} % of ${measured.length} files`);
  }
}

async function isThere(file) {
  return await access(file).then(
    () => true,
    () => false,
  );
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
