import { messageOf } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { walkLines } from '../journal/cursor.ts';
import type { RunRecord, RunStore } from './port.ts';

/**
 * The status of a run. `interrupted`: it neither finished nor paused, and no process writes it.
 * `unreadable`: its journal is missing, modified, or of a later version.
 */
export type RunStatus = 'running' | 'paused' | 'interrupted' | 'finished' | 'unreadable';

/** A run in a list of runs; fields missing in the journal are `undefined`. */
export type RunSummary = {
  readonly id: string;
  readonly status: RunStatus;
  readonly runbook: string | undefined;
  readonly title: string | undefined;
  /** The addresses of its targets when it started, as shown, by name. */
  readonly targets?: Readonly<Record<string, string>>;
  /** The folder of the drill it was for. */
  readonly practice?: string;
  readonly startedAt: string | undefined;
  /** The time it finished or paused, or of its last event. */
  readonly endedAt: string | undefined;
  readonly outcome: string | undefined;
  /** The last operator. */
  readonly operator: string | undefined;
  /** The ID of the last step it reached. */
  readonly step: string | undefined;
  readonly stepTitle?: string | undefined;
  /** The reason why it is `unreadable`. */
  readonly problem: string | undefined;
  /** The program that wrote it last. */
  readonly program?: string;
  /** Why this program cannot resume it as it stands, and what to do. */
  readonly cannotResume?: { readonly why: string; readonly instead: string };
};

/** Resolves with the summaries of runs, most recent first, including unreadable ones. */
export async function listRuns(
  store: RunStore,
  { newest = Number.POSITIVE_INFINITY }: { readonly newest?: number } = {},
): Promise<readonly RunSummary[]> {
  const summaries: RunSummary[] = [];
  for await (const run of store.runs()) {
    if (summaries.length >= newest) break;
    summaries.push(await summarizeRun(run));
  }
  return summaries;
}

/** Resolves with the summary of a run; never rejects. */
export async function summarizeRun({ id, journal }: RunRecord): Promise<RunSummary> {
  let summary: RunSummary = { ...NOTHING_KNOWN, id };
  const titles = new Map<string, string>();
  try {
    const { problems } = walkLines(await journal.bytes(), (record) => {
      const { event } = record;
      if (event.type === 'run.started')
        for (const { id, title } of event.steps) titles.set(id, title);
      summary = addRecord(summary, record);
      if (event.type === 'step.entered')
        summary = { ...summary, stepTitle: titles.get(event.step) };
    });
    const [problem] = problems;
    if (problem !== undefined) return unreadable(summary, `line ${problem.line} ${problem.what}`);
    if (summary.startedAt === undefined) return unreadable(summary, 'its journal is empty');
    if (summary.status !== 'interrupted' || !(await journal.isWritten())) return summary;
    return { ...summary, status: 'running', endedAt: undefined };
  } catch (error) {
    return unreadable(summary, messageOf(error));
  }
}

const NOTHING_KNOWN = {
  status: 'interrupted',
  runbook: undefined,
  title: undefined,
  startedAt: undefined,
  endedAt: undefined,
  outcome: undefined,
  operator: undefined,
  step: undefined,
  problem: undefined,
} as const;

function unreadable(summary: RunSummary, problem: string): RunSummary {
  return { ...summary, status: 'unreadable', problem };
}

function addRecord(summary: RunSummary, { at, event }: RecordedEvent): RunSummary {
  const known = { ...summary, endedAt: at };
  switch (event.type) {
    case 'run.started': {
      const { name, title } = event.runbook;
      const targets = Object.fromEntries(event.targets.map((it) => [it.name, it.description]));
      return {
        ...{ ...known, startedAt: at, runbook: name, title, targets, operator: event.operator },
        program: event.program,
        ...(event.practice === undefined ? {} : { practice: event.practice }),
      };
    }
    case 'run.resumed':
      return {
        ...{ ...known, status: 'interrupted', operator: event.operator },
        program: event.program,
      };
    case 'run.paused':
      return { ...known, status: 'paused' };
    case 'run.finished':
      return { ...known, status: 'finished', outcome: event.outcome };
    case 'step.entered':
      return { ...known, step: event.step };
    default:
      return known;
  }
}
