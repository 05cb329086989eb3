import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

/**
 * Runs every case (`{ name, rounds, run }`) once in each round, as often as it says, after one round
 * that does not count. Returns the samples by name; `run` resolves with one.
 */
export async function interleave(cases, onRound) {
  const samples = new Map(cases.map(({ name }) => [name, []]));
  const last = Math.max(...cases.map(({ rounds }) => rounds));
  for (let round = 0; round <= last; round += 1) {
    onRound(round, last);
    for (const { name, rounds, run } of cases) {
      if (round > rounds) continue;
      const sample = await run();
      if (round > 0) samples.get(name).push(sample);
    }
  }
  return samples;
}

/** Returns the milliseconds of a whole process; throws when it does not succeed. */
export async function wholeProcess(file, args, { env, cwd }) {
  const start = performance.now();
  const child = spawn(file, args, { env, cwd, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - start;
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  return ms;
}

export const median = (samples) => samples.toSorted((a, b) => a - b)[samples.length >> 1];
export const least = (samples) => Math.min(...samples);
