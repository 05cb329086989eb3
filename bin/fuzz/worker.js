import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { checkCases, isCasesFile } from '#cli/commands/validate/command.ts';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { RunbookError } from '#errors.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import { mutated, randomFrom } from './mutations.ts';

const { sources, seed, from, to, at } = workerData;
const progress = new Int32Array(at);
const texts = sources.map(({ text }) => text);

for (let index = from; index < to; index += 1) {
  Atomics.store(progress, 0, index);
  const random = randomFrom(seed + index * 7_919);
  const { file, text } = sources[random(sources.length)];
  const source = { file, text: mutated(text, texts, random) };
  const before = process.threadCpuUsage();
  const problem = await crashOf(source);
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1_000;
  parentPort.postMessage({ index, file, ms, ...problem });
}

/** Returns what the program would end with an internal error for, and whether the text is valid. */
async function crashOf(source) {
  try {
    const problems = await problemsOf(source);
    const shown = formatDiagnostics(source, problems);
    const isOdd = /\bundefined\b|\[object |NaN/.test(shown) && !/undefined|NaN/.test(source.text);
    return { isValid: problems.length === 0, crash: isOdd ? `shown: ${shown}` : undefined };
  } catch (error) {
    if (error instanceof RunbookError) return { isValid: false };
    return { isValid: false, crash: error instanceof Error ? error.stack : String(error) };
  }
}

async function problemsOf(source) {
  const dirs = [dirname(source.file)];
  if (isCasesFile(source.file)) return checkCases(source, dirs);
  const checked = await checkRunbook(source, dirs);
  return checked.ok ? checked.warnings : checked.diagnostics;
}
