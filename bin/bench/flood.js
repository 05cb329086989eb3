import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { readJournal } from '#run/journal/file/read.ts';
import { OpenTerminal } from '../../test/e2e/terminal.ts';
import { isAlive, processesUnder } from './processes.js';
import { newestRun } from './surroundings.js';

const PATIENCE_MS = 30_000;
/** Between two keys; a number that no timer of the screen is a multiple of. */
const PAUSES_MS = [173, 311, 97, 419, 251];

/** Keys whose answer cannot be mistaken for anything that a step prints, and how each is taken back. */
const KEYS = [
  ['?', '── Always ──', '\u001b'],
  ['o', /no output yet|\d+–\d+ of \d+/, '\u001b'],
  ['d', /Details +\d+–\d+ of/, '\u001b'],
  ['n', /^ ?Note/m, '\u001b'],
];

/**
 * Floods the screen of a run for `seconds`, presses keys meanwhile, and ends the step with Ctrl-C.
 * Returns how much was printed and taken, the milliseconds from each key to its answer on the screen
 * of an emulated terminal, the resident memory (MiB) by second, and how long the end took.
 */
export async function floodScreen(args, { env, cwd }, seconds) {
  const terminal = new OpenTerminal({ file: process.execPath, args, env, cwd });
  try {
    await terminal.waitFor('item', PATIENCE_MS);
    const start = performance.now();
    const memory = sampledMemory(terminal.pid);
    const keys = await pressKeys(terminal, start + seconds * 1000);
    const sampled = memory.stop();
    const children = processesUnder(terminal.pid);
    const interrupt = await interrupted(terminal, children);
    const printed = printedIn(newestRun(env));
    return { ...printed, keys, memory: sampled, ...interrupt };
  } finally {
    await terminal.close();
  }
}

async function pressKeys(terminal, until) {
  const answers = [];
  for (let round = 0; performance.now() < until; round += 1) {
    const [key, shown, back] = KEYS[round % KEYS.length];
    answers.push(await answered(terminal, key, shown));
    await delay(PAUSES_MS[round % PAUSES_MS.length]);
    answers.push(await answered(terminal, back, (screen) => !matches(shown, screen)));
    await delay(PAUSES_MS[(round + 2) % PAUSES_MS.length]);
  }
  return answers;
}

/** Returns the milliseconds from a key to what it makes appear on the screen. */
export async function answered(terminal, key, shown) {
  const pressed = performance.now();
  terminal.type(key);
  await terminal.waitFor(shown, PATIENCE_MS);
  return performance.now() - pressed;
}

/** Presses Ctrl-C twice, as an operator does who has read what the first one said. */
async function interrupted(terminal, children) {
  await answered(terminal, '\u0003', 'end it now');
  const pressed = performance.now();
  terminal.type('\u0003');
  while (children.some(isAlive)) {
    if (performance.now() - pressed > PATIENCE_MS) throw new Error('the step was not ended');
    await delay(2);
  }
  const deadMs = performance.now() - pressed;
  await terminal.waitFor('What next?', PATIENCE_MS);
  return { deadMs, menuMs: performance.now() - pressed };
}

/** Returns what the record of the run says of what its step printed. */
function printedIn(folder) {
  const { records } = readJournal(`${folder}/journal.jsonl`);
  const { outputs, ms } = records.map(({ event }) => event).find(isEnd);
  const [{ bytes, droppedBytes, tail }] = outputs;
  // Each line begins with its number; the last of them may be cut.
  const last = /(\d+) 2026-[^\n]*\n[^\n]*$/.exec(tail)?.[1];
  return { ms, lines: Number(last ?? 0), bytes: bytes + droppedBytes, keptBytes: bytes };
}

const isEnd = ({ type }) => type === 'step.finished';

function matches(wanted, screen) {
  return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
}

/** Samples the resident memory of a process, as Linux tells it, ten times a second. */
function sampledMemory(pid) {
  const start = performance.now();
  const samples = [];
  const timer = setInterval(() => {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    samples.push({ at: performance.now() - start, mib: Number(kibibytes) / 1024 });
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}
