import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './mutants/groups.js';
import { isThere, Kept, sha256Of } from './mutants/kept.js';
import { measure } from './mutants/measure.js';
import { explanationOf, isOf, mutantsPage } from './mutants/page.js';
import { readMeasured, scoreOf } from './mutants/report.js';

// npm run mutants                                     every group
// npm run mutants -- machine safety                  these groups
// npm run mutants -- machine src/machine/branch.ts   these files, judged by the tests of the group
// npm run mutants -- page                            the page of scores from what was measured before
// npm run mutants -- --again …                       only mutants not detected before, where the code is the same
// npm run mutants -- --slow …                        with Stryker's own test runner, to check the results of this one
process.chdir(fileURLToPath(new URL('../', import.meta.url)));

const words = process.argv.slice(2);
const isSlow = words.includes('--slow');
const isAgain = words.includes('--again');
const chosen = words.filter((word) => !word.startsWith('--'));
const files = chosen.filter((word) => word.includes('/'));
const names = chosen.filter((word) => !word.includes('/'));

const folder = process.env.RUNBOOK_MUTANTS ?? join(tmpdir(), 'runbook-mutants');
// Stryker's runner takes over what it finds in its report, so that has results of its own only.
const kept = new Kept(isSlow ? join(folder, 'slow') : folder);
await mkdir(kept.folder, { recursive: true });

const explained = JSON.parse(await readFile('bin/mutants/explained.json', 'utf8'));
for (const group of GROUPS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const measured = {
    ...group,
    kept,
    say,
    isAgain,
    explained,
    files: files.length > 0 ? files : await filesOf(group),
  };
  if (isSlow) await (await import('./mutants/stryker.js')).measureWithStryker(measured);
  else await measure(measured);
}
const groups = await Promise.all(GROUPS.map(readGroup));
if (!isSlow) {
  const page = join(kept.folder, 'mutants.md');
  await writeFile(page, mutantsPage(groups, explained));
  say(`the page of scores is in ${page}`);
}
for (const { name, measured } of groups) {
  for (const { name: file, survivors } of measured) {
    for (const one of survivors.filter((it) => explanationOf(explained, file, it) === undefined))
      say(`${file}:${one.line}  ${one.was}  →  ${one.is || '(nothing)'}`);
    for (const entry of explained[file] ?? [])
      if (!survivors.some((one) => isOf(entry, one)))
        say(
          `${file}: explained, and it does not survive: ${entry.was}  →  ${entry.is ?? 'anything'}`,
        );
  }
  say(`${name}: ${scoreOf(measured).toFixed(1)} % of ${measured.length} files`);
}

async function filesOf({ mutate, except = [] }) {
  return (await Array.fromAsync(glob(mutate, { exclude: except }))).toSorted();
}

/** Returns a group with what was measured of it. */
async function readGroup(group) {
  const { name } = group;
  const all = await filesOf(group);
  const known = await kept.measured(name);
  const report = kept.reportOf(name);
  const results = (await isThere(report)) ? await readMeasured(report) : [];
  // What Stryker's runner was interrupted at left some of its results, which are no score.
  const measured = results.filter((one) => known[one.name] !== undefined && all.includes(one.name));
  for (const one of measured) one.isCurrent = known[one.name] === (await sha256Of(one.name));
  return { name, measured, all };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
