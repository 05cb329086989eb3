import { EXIT } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import type { CommandLine } from '../../command-spec.ts';
import { withObstacle } from '../../resumable.ts';
import type { runs as spec } from '../../specs/records.ts';
import { storeHere, withRuns } from '../../surroundings.ts';
import { isWanted, sortRuns } from './filter.ts';
import { readMoment } from './moment.ts';
import { obstacleLines, runsTable } from './table.ts';

const NEWEST = 20;

type Options = CommandLine<typeof spec>['options'];

/** `runbook runs`: prints the runs of this machine, or of a server. */
export async function listRuns({ options }: CommandLine<typeof spec>): Promise<number> {
  const since = options.since && readMoment('--since', options.since, new Date());
  const rows = await rowsFor({ ...options, since });
  const text = options.json ? JSON.stringify(rows, null, 2) : tableOf(rows, options);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

async function rowsFor({ on, sort, all, runbook, ...filter }: Options): Promise<readonly RunRow[]> {
  const most = all ? Number.POSITIVE_INFINITY : NEWEST;
  const found = await withRuns(on, async (source) => {
    const rows: RunRow[] = [];
    for await (const row of source.rows({ runbook })) {
      // The newest come first, by the minute.
      if (minuteOf(row.startedAt ?? '~') < minuteOf(filter.since ?? '')) break;
      if (isWanted(row, filter)) rows.push(row);
      if (sort === 'newest' && rows.length === most) break;
    }
    return sortRuns(rows, sort).slice(0, most);
  });
  if (on !== undefined) return found;
  const rows: RunRow[] = [];
  for (const row of found) rows.push(await withObstacle(storeHere(), row));
  return rows;
}

function minuteOf(iso: string): string {
  return iso.slice(0, 'YYYY-MM-DDTHH:MM'.length);
}

function tableOf(runs: readonly RunRow[], { status, runbook, operator, since }: Options): string {
  if (runs.length > 0) return [runsTable(runs), ...runs.flatMap(obstacleLines)].join('\n');
  return (status ?? runbook ?? operator ?? since) === undefined ? 'No runs yet.' : 'No runs match.';
}
