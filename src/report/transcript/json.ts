import type { EventOf, RecordedEvent, ShownInput } from '#events/log/event.ts';
import type { FindingView, NoteView, RunView, StepView } from '#events/view/run-view.ts';
import { elapsedMs, titleOf } from '#events/wording/phrases.ts';
import type { ActionTaken, GateRecord } from './actions.ts';
import { stateOf } from './blocks/changes.ts';
import { type OpenPoint, openPoints } from './blocks/open-points.ts';
import { eventsOf } from './events.ts';
import { impactWindow } from './impact.ts';
import { type MaskedSecret, maskedSecrets } from './masks.ts';
import { type Compared, comparedReadings } from './readings.ts';
import {
  type JournalFindings,
  type TranscriptOptions,
  type TranscriptRun,
  transcriptRun,
} from './run.ts';

/**
 * The version of {@link TranscriptJson}: increased when a field is removed or changes its meaning.
 */
export const TRANSCRIPT_VERSION = 1;

/** A value with the time of its event. */
type Timed<T> = { readonly at: string } & T;

/** A transcript for programs: the state derived from the journal, and the events themselves. */
export type TranscriptJson = {
  readonly format: 'runbook-transcript';
  readonly version: typeof TRANSCRIPT_VERSION;
  /** `null` if the journal does not start with `run.started`; so are all derived fields. */
  readonly run: TranscriptJsonRun | null;
  readonly masked: readonly MaskedSecret[];
  /** `null` if the journal was not verified. */
  readonly integrity: JournalFindings | null;
  readonly events: readonly RecordedEvent[];
};

/** The state derived from the events of a run. */
export type TranscriptJsonRun = Pick<
  EventOf<'run.started'>,
  'mode' | 'host' | 'program' | 'operator' | 'terminal' | 'environment'
> & {
  readonly id: string;
  readonly status: RunView['status'];
  readonly outcome: NonNullable<RunView['outcome']> | null;
  readonly summary: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly lastEventAt: string;
  readonly elapsedMs: number;
  readonly runbook: EventOf<'run.started'>['runbook'] & { readonly text: string | null };
  readonly inputs: readonly ShownInput[];
  readonly targets: readonly { readonly name: string; readonly description: string }[];
  readonly connections: readonly Timed<Omit<EventOf<'target.connected'>, 'type'>>[];
  readonly resumed: readonly Timed<Omit<EventOf<'run.resumed'>, 'type'>>[];
  readonly impact: {
    readonly from: string | null;
    readonly toBeChecked: boolean;
    readonly until: string | null;
  };
  readonly path: readonly string[];
  readonly steps: readonly Omit<StepView, 'executions' | 'branch' | 'items' | 'child'>[];
  readonly findings: readonly FindingView[];
  readonly decisions: readonly Timed<Omit<EventOf<'branch.taken'>, 'type'>>[];
  readonly actions: readonly JsonAction[];
  readonly comparisons: readonly Compared[];
  readonly notes: readonly NoteView[];
  readonly openPoints: readonly JsonOpenPoint[];
};

/** A changing action; `events` are the numbers of its events. */
export type JsonAction = {
  readonly number: number;
  readonly step: string;
  readonly title: string;
  readonly state: string;
  readonly gates: readonly (Timed<Omit<GateRecord['opened']['event'], 'type'>> & {
    readonly answers: readonly Timed<Omit<EventOf<'gate.answered'>, 'type'>>[];
  })[];
  readonly started: Timed<Omit<EventOf<'step.started'>, 'type'>> | null;
  readonly finished: Timed<Omit<EventOf<'step.finished'>, 'type'>> | null;
  readonly checks: readonly Timed<Omit<EventOf<'step.finished'>, 'type'>>[];
};

/** An open point; its other fields depend on its kind. */
export type JsonOpenPoint = {
  readonly kind: OpenPoint['kind'];
  readonly step?: string;
  readonly action?: number;
  readonly reason?: string;
  readonly note?: NoteView;
};

/** Returns the transcript of a run for programs, in the schema of `runbook schema --transcript`. */
export function transcriptJson(
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
): TranscriptJson {
  const run = transcriptRun(records, options);
  return {
    format: 'runbook-transcript',
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

function runJson(run: TranscriptRun): TranscriptJsonRun {
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
    findings: view.findings,
    decisions: eventsOf(records, 'branch.taken').map(timed),
    actions: run.actions.map((action) => actionJson(action, view)),
    comparisons: comparedReadings(run),
    notes: view.notes,
    openPoints: openPoints(run).map(pointJson),
  };
}

function actionJson(action: ActionTaken, view: RunView): JsonAction {
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

function pointJson(point: OpenPoint): JsonOpenPoint {
  if (!('step' in point) || typeof point.step === 'string') return point as JsonOpenPoint;
  return { kind: point.kind, step: point.step.id };
}

function timed<E extends { readonly type: string }>(record: {
  readonly at: string;
  readonly event: E;
}): Timed<Omit<E, 'type'>> {
  const { type: _, ...event } = record.event;
  return { at: record.at, ...event };
}
