import { EXIT, type ExitCode, usageError } from '#errors.ts';
import type { RemoteSummary } from '#team/remote/state.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../command-spec.ts';
import { readMoment } from '../commands/runs/moment.ts';
import { columnsOf } from '../say.ts';
import type { runs as spec } from '../specs/records.ts';
import { withServer } from './connect.ts';
import { runsOn } from './find-run.ts';

const NEWEST = 20;

/** `runbook runs --on SERVER`: prints the runs of a server. */
export async function listRunsOn(
  name: string,
  { status, runbook, operator, since, sort, all, json }: CommandLine<typeof spec>['options'],
): Promise<ExitCode> {
  if (sort !== 'newest')
    throw usageError('--sort is not possible with --on', 'the newest come first');
  const from = since === undefined ? '' : readMoment('--since', since, new Date());
  const runs = await withServer(name, async (api) => {
    const found: RemoteSummary[] = [];
    for await (const run of runsOn(api, { runbook })) {
      if (run.createdAt < from || (!all && found.length === NEWEST)) break;
      const isWanted = status === undefined || status.some((one) => isIn(run, one));
      if (isWanted && (operator === undefined || run.startedBy === operator)) found.push(run);
    }
    return found;
  });
  const text = json ? JSON.stringify(runs, null, 2) : tableOf(runs);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function isIn({ status, outcome }: RemoteSummary, wanted: string): boolean {
  return wanted === status || wanted === outcome;
}

function tableOf(runs: readonly RemoteSummary[]): string {
  if (runs.length === 0) return 'No runs match.';
  const rows = runs.map((run) => [
    ...[run.id, stateOf(run), run.environment, run.createdAt.replace('T', ' ').slice(0, 16)],
    ...[run.startedBy, run.trouble ?? run.currentStep ?? ''],
  ]);
  const head = ['RUN', 'STATUS', 'ENVIRONMENT', 'STARTED (UTC)', 'STARTED BY', 'AT'];
  return textTable(head, rows, columnsOf());
}

function stateOf({ status, outcome, waitingFor }: RemoteSummary): string {
  if (outcome !== undefined) return outcome;
  return waitingFor === undefined ? status : `${status}: ${waitingFor}`;
}
