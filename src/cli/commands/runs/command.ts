import { EXIT } from '#errors.ts';
import { readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { storeHere } from '../../surroundings.ts';
import { filterRuns, readOrder, readStatuses, sortRuns } from './filter.ts';
import { readMoment } from './moment.ts';
import { runsTable } from './table.ts';

const help = `Usage: runbook runs [FILTER …] [--sort ORDER] [--all] [--json]
       runbook runs show [RUN] [--json]
       runbook runs end RUN [--why TEXT]
       runbook runs prune [--older-than AGE] [--keep N] [--yes]
       runbook runs export [RUN] [--output FILE] [--strict]
       runbook runs import FILE

Lists the runs of this machine, newest first: the 20 newest, or all of them with --all.
A paused or interrupted run can be resumed: runbook resume RUN.

show says how a run stands, step by step. end ends one for good that nobody goes on with, e.g. since
its server is gone: nothing is reached, and what it changed stays. prune removes finished runs, never others, after showing
them. export writes a run, with its outputs, into one file; import brings it to another machine.

      --status LIST     running, paused, interrupted, finished, unreadable, or an outcome; with commas
      --runbook NAME    runs of this runbook
      --operator NAME   runs that this person had last
      --since WHEN      begun since 12h, 30d, 2w or 2026-11-21
      --sort ORDER      newest, oldest, longest, runbook or status
      --all             every run there is
      --json            for scripts
      --why TEXT        why a run is ended; asked for when left out
      --older-than AGE  only runs that began longer ago: 90d
      --keep N          not the newest N
      --yes             do not ask
  -o, --output FILE     where to write; RUN.runbook-run when left out
      --strict          refuse when something in it looks like a secret`;

const NEWEST = 20;

/** `runbook runs`. */
export const runsCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  switch (first) {
    case 'show':
      return (await import('./show.ts')).showRun(rest);
    case 'end':
      return await (await import('./end.ts')).endUnfinishedRun(rest);
    case 'prune':
      return await (await import('./prune.ts')).pruneRuns(rest);
    case 'export':
      return await (await import('./export.ts')).exportRun(rest);
    case 'import':
      return await (await import('./import.ts')).importRun(rest);
    default:
      return list(args);
  }
}

function list(args: readonly string[]): number {
  const { values } = readArguments(args, {
    status: { type: 'string' },
    runbook: { type: 'string' },
    operator: { type: 'string' },
    since: { type: 'string' },
    sort: { type: 'string', default: 'newest' },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { runbook, operator } = values;
  const order = readOrder(values.sort);
  const filter = {
    ...(values.status !== undefined && { statuses: readStatuses(values.status) }),
    ...(runbook !== undefined && { runbook }),
    ...(operator !== undefined && { operator }),
    ...(values.since !== undefined && { since: readMoment('--since', values.since, new Date()) }),
  };
  const isPlain = Object.keys(filter).length === 0 && order === 'newest';
  const store = storeHere();
  const found = store.listRuns(isPlain && !values.all ? { newest: NEWEST } : {});
  const wanted = sortRuns(filterRuns(found, filter), order).slice(
    0,
    values.all ? undefined : NEWEST,
  );
  const text = values.json ? JSON.stringify(wanted, null, 2) : tableOf(wanted, found.length > 0);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function tableOf(runs: Parameters<typeof runsTable>[0], isAny: boolean): string {
  if (runs.length > 0) return runsTable(runs);
  return isAny ? 'No run is like that.' : 'There are no runs yet.';
}
