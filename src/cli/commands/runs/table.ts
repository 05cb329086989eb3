import { questionWords } from '#events/telling/question.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { formatDuration } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { textTable } from '#text/table.ts';
import { columnsOf } from '../../say.ts';
import { runMs } from './filter.ts';

/** Returns why this program cannot resume a run as it stands, and what to do; nothing if it can. */
export function obstacleLines({ id, cannotResume }: RunRow): readonly string[] {
  if (cannotResume === undefined) return [];
  const { why, instead } = cannotResume;
  return [`${id} cannot be resumed as it stands: ${why}`, `  ${instead}`].map(harmlessLine);
}

/** The columns of a list, each with its heading; one that is empty is not shown. */
const COLUMNS: readonly (readonly [heading: string, cell: (run: RunRow) => string | undefined])[] =
  [
    ['RUN', ({ id }) => id],
    ['STATUS', (run) => `${statusOf(run)}${run.practice === undefined ? '' : ' (practice)'}`],
    ['ENVIRONMENT', ({ environment }) => environment],
    ['STARTED (UTC)', ({ startedAt }) => startedAt?.replace('T', ' ').slice(0, 16)],
    ['TOOK', (run) => formatted(runMs(run))],
    ['OPERATOR', ({ operator }) => operator],
    [
      'AT',
      ({ problem, trouble, status, step }) =>
        problem ?? trouble ?? (status === 'finished' ? undefined : step),
    ],
  ];

/** Returns runs as a table for a terminal, with the step at which an unfinished one stopped. */
export function runsTable(runs: readonly RunRow[]): string {
  const last = COLUMNS.at(-1);
  const shown = COLUMNS.filter((it) => it === last || runs.some((run) => it[1](run) !== undefined));
  const rows = runs.map((run) => shown.map(([, cell]) => cell(run) ?? ''));
  return textTable(
    shown.map(([heading]) => heading),
    rows,
    columnsOf(),
  );
}

function statusOf({ outcome, status, waitingFor }: RunRow): string {
  if (outcome !== undefined) return outcome;
  const words = status === 'waiting' ? questionWords(waitingFor) : undefined;
  return words?.state ?? status;
}

function formatted(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatDuration(ms);
}
