import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

/** No command that is measured takes as long by far, on a busy machine either. */
const PATIENCE_MS = 300_000;
/** What takes longer is told when it ends. */
const LONG_MS = 3_000;

/**
 * Runs every case (`{ name, rounds, warm, run }`) once in each round, as often as it says. Those with `warm`
 * run once before, which does not count. Calls `onProgress` with a line of text. Returns the samples by
 * name; `run` resolves with one.
 */
export async function interleave(cases, onProgress) {
  const samples = new Map(cases.map(({ name }) => [name, []]));
  const last = Math.max(...cases.map(({ rounds }) => rounds));
  const start = performance.now();
  for (let round = 0; round <= last; round += 1) {
    const now = cases.filter(({ rounds, warm }) => (round === 0 ? warm : round <= rounds));
    const title = round === 0 ? 'warm-up' : `round ${round} of ${last}`;
    onProgress(`${inSeconds(performance.now() - start)}  ${title}, ${now.length} measurements`);
    for (const { name, run } of now) {
      const begun = performance.now();
      const sample = await run();
      const took = performance.now() - begun;
      if (round > 0) samples.get(name).push(sample);
      if (took > LONG_MS) onProgress(`${' '.repeat(7)}${name}: ${inSeconds(took).trim()}`);
    }
  }
  return samples;
}

const inSeconds = (ms) => `${(ms / 1000).toFixed(0).padStart(4)} s`;

/** Bash says what a command and all that it waited for took: by the clock, in programs, in the kernel. */
const TIMED = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$0" "$@" > /dev/null 2> /dev/null'];

/**
 * Returns the milliseconds of a whole process by the clock (`ms`) and in processor time (`cpu`, all its threads
 * and the processes it waited for); throws when it does not succeed.
 */
export async function wholeProcess(file, args, { env, cwd }) {
  const child = spawn('bash', [...TIMED, file, ...args], {
    env,
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const patience = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE_MS);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  clearTimeout(patience);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  const [real, user, system] = said.trim().split(' ').map(Number);
  return { ms: real * 1000, cpu: (user + system) * 1000 };
}

export const median = (samples) => samples.toSorted((a, b) => a - b)[samples.length >> 1];
export const least = (samples) => Math.min(...samples);
