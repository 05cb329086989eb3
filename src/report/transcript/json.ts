import type { RecordedEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { elapsedMs, titleOf } from '#events/wording/phrases.ts';
import type { ActionTaken } from './actions.ts';
import { stateOf } from './blocks/changes.ts';
import { type OpenPoint, openPoints } from './blocks/open-points.ts';
import { eventsOf } from './events.ts';
import { maskedSecrets } from './masks.ts';
import { impactWindow } from './postmortem/impact.ts';
import { comparedReadings } from './readings.ts';
import {
  type JournalFindings,
  type TranscriptOptions,
  type TranscriptRun,
  transcriptRun,
} from './run.ts';

/**
 * The version of the transcript for programs: increased when a field is removed or changes its meaning.
 */
export const TRANSCRIPT_VERSION = 1;

/** Returns the transcript of a run for programs, in the schema of `runbook schema --transcript`. */
export function transcriptJson(records: readonly RecordedEvent[], options: TranscriptOptions) {
  const run = transcriptRun(records, options);
  return {
    format: 'runbook-transcript' as const,
    version: TRANSCRIPT_VERSION,
    run: run === undefined ? null : runJson(run),
    masked: maskedSecrets(records),
    integrity: integrityJson(options.verified),
    events: records,
  };
}

/** Returns only the fields of the transcript's schema. */
function integrityJson(verified: JournalFindings | undefined): JournalFindings | null {
  if (verified === undefined) return null;
  const { problems, tornBytes, head } = verified;
  return { problems: problems.map(({ line, what }) => ({ line, what })), tornBytes, head };
}

function runJson(run: TranscriptRun) {
  const { started, view, records, options } = run;
  const { runId: id, mode, host, program, operator, terminal, environment } = started;
  const lastEventAt = records.at(-1)?.at ?? view.startedAt;
  const { from = null, toBeChecked, until = null } = impactWindow(run);
  return {
    ...{ id, mode, host, program, operator },
    ...(terminal === undefined ? {} : { terminal }),
    ...(environment === undefined ? {} : { environment }),
    status: view.status,
    outcome: view.outcome ?? null,
    summary: view.summary ?? null,
    startedAt: view.startedAt,
    endedAt: view.endedAt ?? null,
    lastEventAt,
    elapsedMs: elapsedMs(view, Date.parse(lastEventAt)),
    runbook: { ...started.runbook, text: options.runbookText ?? null },
    inputs: started.inputs.map(({ name, value, secret }) => ({
      name,
      secret,
      value: secret ? `‹secret:${name}›` : value,
    })),
    targets: started.targets,
    connections: eventsOf(records, 'target.connected').map(timed),
    resumed: eventsOf(records, 'run.resumed').map(timed),
    impact: { from, toBeChecked, until },
    path: view.path,
    steps: view.steps.map(
      ({ executions: _, branch: __, items: ___, child: ____, ...step }) => step,
    ),
    findings: view.findings.map(({ isElse: _, isCause, ...finding }) =>
      isCause ? { ...finding, isCause } : finding,
    ),
    decisions: eventsOf(records, 'branch.taken').map(timed),
    actions: run.actions.map((action) => actionJson(action, view)),
    comparisons: comparedReadings(run),
    notes: view.notes,
    openPoints: openPoints(run).map(pointJson),
  };
}

function actionJson(action: ActionTaken, view: RunView) {
  const { number, step, gates, started, finished, checks } = action;
  return {
    number,
    step,
    title: titleOf(view, step),
    state: stateOf(action),
    gates: gates.map(({ opened, answers }) => ({
      ...timed(opened),
      answers: answers.map(timed),
    })),
    started: started === undefined ? null : timed(started),
    finished: finished === undefined ? null : timed(finished),
    checks: checks.map(timed),
  };
}

function pointJson(point: OpenPoint) {
  if (!('step' in point)) return point;
  const { step, ...rest } = point;
  return { ...rest, step: step.id };
}

function timed<E extends { readonly type: string }>(record: {
  readonly at: string;
  readonly event: E;
}) {
  const { type: _, ...event } = record.event;
  return { at: record.at, ...event };
}
