import { EXIT, RunbookError, usageError } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import type { RunStore } from '#run/store/port.ts';
import { listRows } from '#run/store/row.ts';
import { counted } from '#text/count.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { runsPrune as spec } from '../../specs/records.ts';
import { storeHere } from '../../surroundings.ts';
import { endLeftPractice } from '../drill/left-practice.ts';
import { readMoment } from './moment.ts';
import { runsTable } from './table.ts';

/** `runbook runs prune`: removes finished runs, after showing them and asking. */
export async function pruneRuns({ options }: CommandLine<typeof spec>): Promise<number> {
  const { keep, 'older-than': age } = options;
  if (keep === undefined && age === undefined)
    throw usageError(
      'missing option: --older-than or --keep',
      'e.g. --older-than 90d, --keep 50, or both',
    );
  const store = storeHere();
  const before = age === undefined ? undefined : readMoment('--older-than', age, new Date());
  const kept = keep === undefined ? 0 : readCount(keep);
  await endLeftPractice(store);
  const doomed = await closed(store, doomedRuns(await listRows(store), before, kept));
  if (doomed.length === 0) {
    process.stdout.write('No finished runs to remove.\n');
    return EXIT.ok;
  }
  process.stdout.write(`${runsTable(doomed)}\n`);
  if (!options.yes) await confirm(doomed.length);
  for (const { id } of doomed) await store.remove(id);
  process.stdout.write(`${counted(doomed.length, 'run')} removed.\n`);
  return EXIT.ok;
}

/**
 * Returns the finished runs to remove: those that started before a time, or those beyond a number
 * of most recent ones. With both, a run must meet both. An unfinished or unreadable run is never
 * removed.
 */
export function doomedRuns(
  newestFirst: readonly RunRow[],
  before: string | undefined,
  keep: number,
): readonly RunRow[] {
  return newestFirst
    .slice(keep)
    .filter(({ status }) => status === 'finished')
    .filter(({ startedAt }) => before === undefined || (startedAt ?? '') < before);
}

/** Leaves out runs that a process still has open: the one that finished it may display it. */
async function closed(store: RunStore, runs: readonly RunRow[]): Promise<readonly RunRow[]> {
  const open = await Promise.all(
    runs.map(async ({ id }) => (await store.open(id)).journal.isWritten()),
  );
  return runs.filter((_, index) => open[index] === false);
}

function readCount(text: string): number {
  if (!/^\d+$/.test(text)) throw usageError(`--keep "${text}": expected a number`);
  return Number(text);
}

async function confirm(count: number): Promise<void> {
  const refused = (message: string) =>
    new RunbookError(message, {
      code: 'not-confirmed',
      exitCode: EXIT.notConfirmed,
      hint: 'nothing was removed; --yes skips the question',
    });
  if (process.stdin.isTTY !== true) throw refused('no terminal to ask for confirmation');
  const question = `Remove ${counted(count, 'run')}? This cannot be undone. y or n: `;
  const reply = await withPrompts((prompts) => prompts.ask(question));
  if (reply.kind !== 'line' || reply.text.trim() !== 'y') throw refused('not confirmed');
}
