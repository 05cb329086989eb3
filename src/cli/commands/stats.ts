import { EXIT, messageOf } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { type RunbookStats, StatsCollector, troubleOf } from '#report/stats.ts';
import { readRecords } from '#run/journal/cursor.ts';
import type { RunRecord, RunStore } from '#run/store/port.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../command-spec.ts';
import { columnsOf } from '../say.ts';
import type { stats as spec } from '../specs/records.ts';
import { storeHere } from '../surroundings.ts';
import { readMoment } from './runs/moment.ts';

/** The number of steps listed. */
const SHOWN_STEPS = 10;

/** A run whose journal cannot be read. */
type Unreadable = { readonly id: string; readonly problem: string };

/** `runbook stats`: prints figures over the runs of this machine. */
export async function printStats({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const since =
    options.since === undefined ? undefined : readMoment('--since', options.since, new Date());
  const { figures, unreadable } = await statsOf(storeHere(), {
    since,
    withPractice: options.practice,
  });
  const runbooks = figures.filter(({ runbook }) => argument === undefined || runbook === argument);
  const text = options.json
    ? JSON.stringify({ since: since ?? null, runbooks: runbooks.map(jsonOf), unreadable }, null, 2)
    : [...tablesOf(runbooks), ...unreadableTexts(unreadable)].join('\n\n');
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** Resolves with the figures over the runs of a store that started at a time (ISO) or later. */
export async function statsOf(
  store: RunStore,
  { since, withPractice }: { readonly since?: string | undefined; readonly withPractice?: boolean },
): Promise<{
  readonly figures: readonly RunbookStats[];
  readonly unreadable: readonly Unreadable[];
}> {
  const collector = new StatsCollector(withPractice === undefined ? {} : { withPractice });
  const unreadable: Unreadable[] = [];
  for await (const run of store.runs()) {
    const read = await eventsOf(run);
    if ('problem' in read) unreadable.push(read);
    else if (since === undefined || (read.records[0]?.at ?? '') >= since)
      collector.add(read.records);
    // Runs come most recent first.
    else break;
  }
  return { figures: collector.figures(), unreadable };
}

async function eventsOf({
  id,
  journal,
}: RunRecord): Promise<Unreadable | { readonly records: readonly RecordedEvent[] }> {
  try {
    const { records, problems } = await readRecords(journal);
    const [problem] = problems;
    if (problem !== undefined) return { id, problem: `line ${problem.line} ${problem.what}` };
    return records.length === 0 ? { id, problem: 'its journal is empty' } : { records };
  } catch (error) {
    return { id, problem: messageOf(error) };
  }
}

function tablesOf(runbooks: readonly RunbookStats[]): readonly string[] {
  if (runbooks.length === 0) return ['No runs match.'];
  const rows = runbooks.map(
    ({ runbook, runs, asStep, outcomes, firstDecisionMs, resolutionMs }) => [
      runbook,
      String(runs),
      String(asStep),
      Object.entries(outcomes)
        .toSorted(([, a], [, b]) => b - a)
        .map(([outcome, times]) => `${times} ${outcome}`)
        .join(', '),
      durationOf(firstDecisionMs),
      durationOf(resolutionMs),
    ],
  );
  const heads = ['RUNBOOK', 'RUNS', 'AS STEP', 'OUTCOMES', 'FIRST DECISION', 'RESOLVED AFTER'];
  return [textTable(heads, rows, columnsOf()), ...stepTable(runbooks)];
}

function stepTable(runbooks: readonly RunbookStats[]): readonly string[] {
  const steps = runbooks
    .flatMap(({ runbook, steps: own }) => own.map((step) => ({ runbook, ...step })))
    .toSorted((a, b) => troubleOf(b) - troubleOf(a))
    .slice(0, SHOWN_STEPS);
  if (steps.length === 0) return ['No step failed, or was declined or skipped.'];
  const rows = steps.map(({ runbook, step, title, declined, skipped, failed }) => [
    runbook,
    step,
    ...[declined, skipped, failed].map(String),
    title,
  ]);
  return [
    textTable(['RUNBOOK', 'STEP', 'DECLINED', 'SKIPPED', 'FAILED', 'TITLE'], rows, columnsOf()),
  ];
}

function unreadableTexts(unreadable: readonly Unreadable[]): readonly string[] {
  if (unreadable.length === 0) return [];
  const lines = unreadable.map(({ id, problem }) => `  ${id}: ${problem}`);
  return [[`${counted(unreadable.length, 'unreadable run')}, not counted:`, ...lines].join('\n')];
}

function durationOf(ms: number | undefined): string {
  return ms === undefined ? '-' : formatDuration(ms);
}

/** Returns the figures for programs, in which every field is present. */
function jsonOf({ firstDecisionMs, resolutionMs, ...figures }: RunbookStats) {
  return {
    ...figures,
    firstDecisionMs: firstDecisionMs ?? null,
    resolutionMs: resolutionMs ?? null,
  };
}
