import type { RecordedEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { elapsedMs } from '#events/wording/phrases.ts';
import { formatDuration, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { handoverText } from '../hands.ts';
import { type PlainLine, styled } from '../plain/line.ts';
import { type TranscriptRun, transcriptRun } from '../transcript/run.ts';
import { changesMade, pointsToWatch } from './changes.ts';
import { pendingLines } from './pending.ts';
import { wrappedLine } from './wrapped-line.ts';

/** The format of a handover. */
export type HandoverOptions = {
  /** The width at which lines are wrapped. @default 100 */
  readonly columns?: number;
  /** True for an operator who resumes the run now and needs no instructions. @default false */
  readonly isTakenOver?: boolean;
};

/**
 * Returns a summary for the next operator of a run, as lines: its status, its findings, its changes
 * and who confirmed them, what it waits for, what to watch, and how to resume it. Empty for events
 * that do not start with `run.started`.
 */
export function handoverLines(
  records: readonly RecordedEvent[],
  { columns = 100, isTakenOver = false }: HandoverOptions = {},
): readonly PlainLine[] {
  const run = transcriptRun(records, { outputs: () => undefined });
  if (run === undefined) return [];
  const { view } = run;
  const changes = changesMade(run);
  const points = pointsToWatch(run);
  const notes = view.notes.map(({ at, operator, text }) => `${timeOfDay(at)} ${operator}: ${text}`);
  const findings = view.findings.map(({ at, text }) => `${timeOfDay(at)} ${text}`);
  const lines = [
    ...stateLines(run),
    ...section('Found', findings.length > 0 ? findings : ['nothing yet']),
    ...section('Changed', changes.length > 0 ? changes : ['nothing']),
    styled(''),
    styled('Pending', 'bold'),
    ...pendingLines(view, columns - 2).map(({ text, style }) => styled(`  ${text}`, style)),
    ...section('Watch', points),
    ...section('Notes', notes),
    ...(isTakenOver ? [] : section('Go on', waysOn(view))),
  ];
  return lines.flatMap((line) => wrappedLine(line, columns));
}

function section(title: string, texts: readonly string[]): readonly PlainLine[] {
  if (texts.length === 0) return [];
  return [styled(''), styled(title, 'bold'), ...indented(texts)];
}

function indented(texts: readonly string[]): readonly PlainLine[] {
  return texts.map((text) => styled(`  ${harmlessLine(text)}`));
}

function stateLines({ started, view, records }: TranscriptRun): readonly PlainLine[] {
  const { title, name, severity } = view.runbook;
  const mode = view.mode === 'live' ? 'LIVE' : 'DRY RUN';
  const where = view.environment === undefined ? '' : ` · environment ${view.environment}`;
  const { handedOver } = view;
  return [
    styled(harmlessLine(`Handover: ${title} (${name}, ${severity})`), 'bold'),
    ...indented([
      `${mode}${where} · run ${view.runId}`,
      ...Object.entries(view.targets).map(([target, text]) => `${target}: ${text}`),
      `begun ${view.startedAt.slice(0, 10)} ${timeOfDay(view.startedAt)} UTC by ${started.operator}`,
      standing(view, records),
      ...(handedOver === undefined
        ? []
        : [
            `${timeOfDay(handedOver.at)} ${handoverText({ type: 'run.handed-over', ...handedOver })}`,
          ]),
    ]),
  ];
}

/** Returns when the run stopped, and why; an interrupted run has only its last event. */
function standing(view: RunView, records: readonly RecordedEvent[]): string {
  const rest = records.findLast(({ event }) => event.type !== 'run.handed-over');
  const at = rest?.at ?? view.startedAt;
  const age = formatDuration(elapsedMs(view, Date.parse(at)));
  return rest?.event.type === 'run.paused'
    ? `left by ${view.operator} at ${timeOfDay(at)} UTC, after ${age}: ${rest.event.reason}`
    : `cut off while ${view.operator} had it; its last event is of ${timeOfDay(at)} UTC, after ${age}`;
}

function waysOn({ runId, inputs }: RunView): readonly string[] {
  const secrets = inputs
    .filter(({ secret, value }) => secret && value !== null)
    .map(({ name }) => name);
  return [
    `runbook resume ${runId}`,
    `runbook transcript ${runId}`,
    ...(secrets.length > 0
      ? [`it needs again, as secrets are not kept: ${secrets.join(', ')}`]
      : []),
  ];
}
