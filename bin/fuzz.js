import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { readSource } from '#cli/library/find-runbook.ts';
import { mutated, randomFrom } from './fuzz/mutations.ts';

// Checks mutated shipped runbooks and their test files: nothing may crash, and nothing may hang.
//   npm run fuzz [-- --count 25000] [--seed 1] [--only INDEX]

/** More of the processor's time than this for one text is a hang. */
const HANG_MS = 5_000;
/** A text that does not come to an end is given up after so long, by the clock. */
const GIVE_UP_MS = 120_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '25000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const first = Number(values.only ?? 0);
const last = values.only === undefined ? Number(values.count) : first + 1;

const folder = fileURLToPath(new URL('../runbooks/', import.meta.url));
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .toSorted()
  .map((name) => ({ ...readSource(join(folder, name)), file: join(folder, name) }));

const totals = { tried: 0, valid: 0, crashes: [], hangs: [], slowest: { ms: 0 } };
console.log(`${last - first} mutated texts of ${sources.length} files, seed ${seed}`);
for (let next = first; next < last; ) next = await runFrom(next);

const { tried, valid, crashes, hangs, slowest } = totals;
for (const { index, crash } of crashes) console.log(`crash of ${index}, ${kept(index)}:\n${crash}`);
for (const { index, ms } of hangs)
  console.log(`hang of ${index}, ${kept(index)}: ${Math.round(ms)} ms`);
console.log(
  `${tried} tried, ${valid} valid; ${crashes.length} crashes, ${hangs.length} hangs beyond ${HANG_MS} ms; ` +
    `slowest ${Math.round(slowest.ms)} ms of the processor (${slowest.index}, ${slowest.file})`,
);
process.exitCode = crashes.length + hangs.length > 0 ? 1 : 0;

/** Tries texts from one on; returns where to go on, which is not the end when one was given up. */
function runFrom(from) {
  const at = new SharedArrayBuffer(4);
  const worker = new Worker(new URL('./fuzz/worker.js', import.meta.url), {
    workerData: { sources, seed, from, to: last, at },
  });
  return new Promise((resolve, reject) => {
    let changed = { index: from, at: Date.now() };
    const watch = setInterval(() => {
      const index = Atomics.load(new Int32Array(at), 0);
      if (index !== changed.index) changed = { index, at: Date.now() };
      if (Date.now() - changed.at < GIVE_UP_MS) return;
      clearInterval(watch);
      totals.hangs.push({ index, ms: GIVE_UP_MS });
      worker.terminate().then(() => resolve(index + 1));
    }, 1_000);
    worker.on('message', (result) => {
      totals.tried += 1;
      if (result.isValid) totals.valid += 1;
      if (result.crash !== undefined) totals.crashes.push(result);
      if (result.ms > HANG_MS) totals.hangs.push(result);
      if (result.ms > totals.slowest.ms) totals.slowest = result;
      if (totals.tried % 1_000 === 0) console.log(`${totals.tried} tried`);
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(last);
    });
  });
}

/** Writes a text to a file and returns its path. */
function kept(index) {
  const random = randomFrom(seed + index * 7_919);
  const { file, text } = sources[random(sources.length)];
  const path = join(
    tmpdir(),
    `fuzzed-${seed}-${index}${file.endsWith('.test.yaml') ? '.test' : ''}.yaml`,
  );
  writeFileSync(
    path,
    mutated(
      text,
      sources.map((source) => source.text),
      random,
    ),
  );
  return path;
}
