import { alertLine } from '../wording/alert-text.ts';
import type { RunView } from './run-view.ts';

/**
 * A run in a list, wherever it is stored and shown. What is not known is `undefined`: a queued run
 * has no events yet, and an unreadable one has only those before the damage.
 */
export type RunRow = {
  readonly id: string;
  /**
   * `queued`: it has no events. `interrupted`: it neither finished nor paused, and no process writes
   * it. `unreadable`: its journal is missing, modified, or of a later version.
   */
  readonly status: RunView['status'] | 'queued' | 'interrupted' | 'unreadable';
  readonly runbook?: string | undefined;
  readonly title?: string | undefined;
  readonly severity?: string | undefined;
  readonly mode?: string | undefined;
  readonly environment?: string | undefined;
  /** The addresses of its targets when it started, as shown, by name. */
  readonly targets?: Readonly<Record<string, string>> | undefined;
  /** The folder of the drill it was for. */
  readonly practice?: string | undefined;
  readonly startedBy?: string | undefined;
  /** The last operator. */
  readonly operator?: string | undefined;
  readonly startedAt?: string | undefined;
  /** The time of its last event. */
  readonly changedAt?: string | undefined;
  /** The time it finished or paused, or of the last event of one that no process writes. */
  readonly endedAt?: string | undefined;
  /** The question that it asks, e.g. `gate`, and since when. */
  readonly waitingFor?: string | undefined;
  readonly waitingSince?: string | undefined;
  /** The step it reached last, by ID. */
  readonly step?: string | undefined;
  readonly stepTitle?: string | undefined;
  readonly outcome?: string | undefined;
  /** The alert that started it, and its place. */
  readonly alert?: string | undefined;
  /** The last finding. */
  readonly found?: string | undefined;
  /** The program that wrote it last. */
  readonly program?: string | undefined;
  /** The reason why it is `unreadable`. */
  readonly problem?: string | undefined;
  /** The reason why no worker of its team continues it. */
  readonly trouble?: string | undefined;
  /** Why this program cannot resume it as it stands, and what to do. */
  readonly cannotResume?: { readonly why: string; readonly instead: string } | undefined;
};

/** The row of a run with at least one event. */
export type StartedRow = RunRow & {
  readonly [F in 'runbook' | 'title' | 'severity' | 'mode']: string;
} & { readonly [F in 'startedBy' | 'startedAt' | 'changedAt']: string };

/** The row of a run of a team, of which this much is known before its first event. */
export type TeamRow = StartedRow & { readonly environment: string };

/** The runs of a team to list. */
export type WantedRuns = {
  readonly state?: 'open' | 'waiting' | 'running' | 'finished' | undefined;
  readonly runbook?: string | undefined;
  /** Only runs of these environments; of every one if undefined. */
  readonly environments?: readonly string[] | undefined;
  /** A text in its ID, runbook, title, environment, people, targets, alert or last finding. */
  readonly text?: string | undefined;
  /** Only runs with an ID before this one, for the next page. */
  readonly before?: string | undefined;
  readonly limit: number;
};

/** The number of open runs. */
export type OpenCounts = { readonly waiting: number; readonly running: number };

/** Returns a run as a list shows it. */
export function rowOf(view: RunView): StartedRow {
  const { runbook, steps, current, awaited, status, changedAt, alerts, findings } = view;
  const isOpen = status === 'running' || status === 'waiting';
  return {
    ...{ id: view.runId, status, mode: view.mode, environment: view.environment },
    ...{ runbook: runbook.name, title: runbook.title, severity: runbook.severity },
    ...{ targets: view.startedOn, practice: view.practice, program: view.program },
    ...{ startedBy: view.startedBy, operator: view.operator, startedAt: view.startedAt },
    ...{ changedAt, endedAt: isOpen ? undefined : changedAt, outcome: view.outcome },
    ...(status === 'waiting' ? { waitingFor: awaited?.for, waitingSince: awaited?.since } : {}),
    ...{ alert: alerts?.[0] && alertLine(alerts[0]), found: findings.at(-1)?.text },
    ...{ step: current, stepTitle: steps.find(({ id }) => id === current)?.title },
  };
}
