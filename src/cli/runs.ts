import { EXIT } from '../errors.ts';
import type { RunSummary } from '../run/run-store-summary.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { storeHere } from './surroundings.ts';
import { textTable } from './text-table.ts';

const help = `Usage: runbook runs [--all] [--json]

Lists the runs of this machine, newest first: the 20 newest, or all of them with --all.
A run that is paused or interrupted can be gone on with: runbook resume RUN.

      --all    every run there is
      --json   for scripts`;

const NEWEST = 20;

/** `runbook runs`. */
export const runsCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const runs = storeHere().listRuns(values.all ? {} : { newest: NEWEST });
  const text = values.json ? JSON.stringify(runs, null, 2) : tableOf(runs);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function tableOf(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'There are no runs yet.';
  const rows = runs.map((run) => [
    run.id,
    run.outcome ?? run.status,
    run.startedAt?.replace('T', ' ').slice(0, 16) ?? '',
    run.operator ?? '',
    run.problem ?? (run.status === 'finished' ? '' : (run.step ?? '')),
  ]);
  return textTable(['RUN', 'STATUS', 'STARTED (UTC)', 'OPERATOR', 'AT'], rows);
}
