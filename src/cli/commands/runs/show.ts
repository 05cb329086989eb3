import { EXIT } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { STATE_SIGN, STATE_WORD, workedMs } from '#events/wording/phrases.ts';
import { summaryLines } from '#report/summary.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { readRow } from '#run/store/row.ts';
import { formatDuration } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { CommandLine } from '../../command-spec.ts';
import { withObstacle } from '../../resumable.ts';
import type { runsShow as spec } from '../../specs/records.ts';
import { storeHere } from '../../surroundings.ts';
import { obstacleLines } from './table.ts';

/** `runbook runs show`: prints the status of a run, step by step. */
export async function showRun({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const store = storeHere();
  const run = await store.open(argument ?? 'latest');
  const summary = await withObstacle(store, await readRow(run));
  const isLater = summary.status === 'unreadable' && summary.cannotResume !== undefined;
  const view = isLater ? undefined : foldEvents((await readRecords(run.journal)).records);
  const text = options.json
    ? JSON.stringify({ ...summary, folder: run.where, steps: stepsOf(view) }, null, 2)
    : [
        `${run.id} · ${summary.outcome ?? summary.status}`,
        `  ${summary.operator ?? ''}, ${summary.startedAt ?? ''} to ${summary.endedAt ?? 'now'}`,
        `  ${run.where}`,
        ...(summary.problem === undefined ? [] : [`  unreadable: ${summary.problem}`]),
        ...obstacleLines(summary),
        ...(view === undefined ? [] : ['', ...stepLines(view), '', ...summaryLines(view)]),
      ]
        .map(harmlessLine)
        .join('\n');
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function stepsOf(view: RunView | undefined): readonly object[] {
  return (view?.steps ?? []).map((step) => ({
    id: step.id,
    title: step.title,
    state: step.state,
    ms: workedMs(step) ?? null,
  }));
}

function stepLines(view: RunView): readonly string[] {
  return view.steps
    .filter(({ state }) => state !== 'waiting' && state !== 'not-taken')
    .map((step) => {
      const ms = workedMs(step);
      const took = ms === undefined ? '' : `, ${formatDuration(ms)}`;
      return `  ${STATE_SIGN[step.state]} ${step.title} (${step.id}): ${STATE_WORD[step.state]}${took}`;
    });
}
