import { EXIT } from '#errors.ts';
import { listRuns as listAll, type RunSummary } from '#run/store/summary.ts';
import type { CommandLine } from '../../command-spec.ts';
import { withObstacle } from '../../resumable.ts';
import type { runs as spec } from '../../specs/records.ts';
import { storeHere } from '../../surroundings.ts';
import { filterRuns, sortRuns } from './filter.ts';
import { readMoment } from './moment.ts';
import { obstacleLines, runsTable } from './table.ts';

const NEWEST = 20;

/** `runbook runs`: prints the runs of this machine. */
export async function listRuns({ options }: CommandLine<typeof spec>): Promise<number> {
  if (options.on !== undefined)
    return await (await import('../../remote/list.ts')).listRunsOn(options.on, options);
  const { status: statuses, runbook, operator, since, sort: order } = options;
  const filter = {
    ...(statuses !== undefined && { statuses }),
    ...(runbook !== undefined && { runbook }),
    ...(operator !== undefined && { operator }),
    ...(since !== undefined && { since: readMoment('--since', since, new Date()) }),
  };
  const isPlain = Object.keys(filter).length === 0 && order === 'newest';
  const store = storeHere();
  const found = await listAll(store, isPlain && !options.all ? { newest: NEWEST } : {});
  const shown = sortRuns(filterRuns(found, filter), order).slice(
    0,
    options.all ? undefined : NEWEST,
  );
  const wanted: RunSummary[] = [];
  for (const run of shown) wanted.push(await withObstacle(store, run));
  const text = options.json ? JSON.stringify(wanted, null, 2) : tableOf(wanted, found.length > 0);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function tableOf(runs: Parameters<typeof runsTable>[0], isAny: boolean): string {
  if (runs.length > 0) return [runsTable(runs), ...runs.flatMap(obstacleLines)].join('\n');
  return isAny ? 'No runs match.' : 'No runs yet.';
}
