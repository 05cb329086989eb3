import { join } from 'node:path';
import { EXIT, RunbookError, usageError } from '#errors.ts';
import { counted } from '#events/wording/phrases.ts';
import { openPrompts } from '#report/plain/prompts.ts';
import { liveWriter } from '#run/journal/file/lock.ts';
import type { RunSummary } from '#run/store/file/summary.ts';
import { readArguments } from '../../arguments.ts';
import { storeHere } from '../../surroundings.ts';
import { readMoment } from './moment.ts';
import { runsTable } from './table.ts';

/** `runbook runs prune`: removes finished runs that are old or many, after a look at them. */
export async function pruneRuns(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    'older-than': { type: 'string' },
    keep: { type: 'string' },
    yes: { type: 'boolean', default: false },
  });
  const { keep, 'older-than': age } = values;
  if (keep === undefined && age === undefined)
    throw usageError('say which runs may go', '--older-than 90d, --keep 50, or both');
  const store = storeHere();
  const before = age === undefined ? undefined : readMoment('--older-than', age, new Date());
  const doomed = doomedRuns(
    store.listRuns(),
    before,
    keep === undefined ? 0 : readCount(keep),
  ).filter(
    // Whoever has just finished it may still be looking at it.
    ({ id }) => liveWriter(join(store.root, 'runs', id)) === undefined,
  );
  if (doomed.length === 0) {
    process.stdout.write('No finished run is to go.\n');
    return EXIT.ok;
  }
  process.stdout.write(`${runsTable(doomed)}\n`);
  if (!values.yes) await confirm(doomed.length);
  for (const { id } of doomed) store.removeRun(id);
  process.stdout.write(`${counted(doomed.length, 'run')} removed.\n`);
  return EXIT.ok;
}

/**
 * Returns the finished runs that go: those that began before a time, and of all runs those beyond the
 * newest so many. With both, a run goes only when both say so. A run that is not finished, or cannot be
 * read, never goes.
 */
export function doomedRuns(
  newestFirst: readonly RunSummary[],
  before: string | undefined,
  keep: number,
): readonly RunSummary[] {
  return newestFirst
    .slice(keep)
    .filter(({ status }) => status === 'finished')
    .filter(({ startedAt }) => before === undefined || (startedAt ?? '') < before);
}

function readCount(text: string): number {
  if (!/^\d+$/.test(text)) throw usageError(`--keep "${text}" is no number of runs`);
  return Number(text);
}

async function confirm(count: number): Promise<void> {
  const refused = (message: string) =>
    new RunbookError(message, {
      code: 'not-confirmed',
      exitCode: EXIT.notConfirmed,
      hint: 'nothing was removed; --yes removes them without asking',
    });
  if (process.stdin.isTTY !== true) throw refused('nobody can be asked here');
  const prompts = openPrompts(process.stdin, process.stdout);
  try {
    const reply = await prompts.ask(`Remove ${counted(count, 'run')} for good? y or n: `);
    if (reply.kind !== 'line' || reply.text.trim() !== 'y') throw refused('not confirmed');
  } finally {
    prompts.close();
  }
}
