import type { RecordedEvent } from '#events/log/event.ts';
import { handoverText } from '#events/telling/people.ts';
import type { RunView } from '#events/view/run-view.ts';
import { elapsedMs } from '#events/wording/phrases.ts';
import { formatDuration, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { widthOf, wrapTo } from '#text/width.ts';
import { type PlainLine, styled } from '../plain/line.ts';
import { type TranscriptRun, transcriptRun } from '../transcript/run.ts';
import { changesMade, pointsToWatch } from './changes.ts';
import { onePage, type Section, wholeSummary } from './one-page.ts';
import { pendingLines } from './pending.ts';

/** The format of a handover. */
export type HandoverOptions = {
  /** The width at which lines are wrapped. @default 100 */
  readonly columns?: number;
  /** The most lines: of a longer summary, what is needed first. @default Infinity */
  readonly rows?: number;
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
  { columns = 100, rows = Number.POSITIVE_INFINITY, isTakenOver = false }: HandoverOptions = {},
): readonly PlainLine[] {
  const run = transcriptRun(records, { outputs: () => undefined });
  if (run === undefined) return [];
  const { view } = run;
  const changes = changesMade(run);
  const points = pointsToWatch(run);
  const notes = view.notes.map(({ at, operator, text }) => `${timeOfDay(at)} ${operator}: ${text}`);
  const findings = view.findings.map(({ at, text }) => `${timeOfDay(at)} ${text}`);
  const wrapped = (line: PlainLine) => wrappedLine(line, columns);
  const section = (
    title: string,
    texts: readonly string[],
    keeps: Section['keeps'] = 'first',
  ): Section => ({
    heading: wrapped(styled(harmlessLine(title), 'bold')),
    entries: texts.map((text) => wrapped(styled(`  ${harmlessLine(text)}`))),
    keeps,
  });
  const pending = pendingLines(view, columns - 2).map((line) =>
    wrapped({ ...line, text: `  ${line.text}` }),
  );
  const { title, name, severity } = view.runbook;
  const sections: readonly Section[] = [
    section(`Handover: ${title} (${name}, ${severity})`, stateTexts(run)),
    section('Found', findings.length > 0 ? findings : ['nothing yet'], 'last'),
    section('Changed', changes.length > 0 ? changes : ['nothing'], 'last'),
    { ...section('Pending', []), entries: pending },
    section('Watch', points),
    section('Notes', notes, 'last'),
    section('Resume', isTakenOver ? [] : waysOn(view)),
  ];
  const told = sections.filter(({ entries }) => entries.length > 0);
  const whole = wholeSummary(told);
  return whole.length <= rows ? whole : onePage(told, rows);
}

function stateTexts({ started, view, records }: TranscriptRun): readonly string[] {
  const mode = view.mode === 'live' ? 'LIVE' : 'DRY RUN';
  const where = view.environment === undefined ? '' : ` · environment ${view.environment}`;
  const { handedOver } = view;
  return [
    `${mode}${where} · run ${view.runId}`,
    ...Object.entries(view.targets).map(([target, text]) => `${target}: ${text}`),
    `started ${view.startedAt.slice(0, 10)} ${timeOfDay(view.startedAt)} UTC by ${started.operator}`,
    standing(view, records),
    ...(handedOver === undefined
      ? []
      : [
          `${timeOfDay(handedOver.at)} ${handoverText({ type: 'run.handed-over', ...handedOver })}`,
        ]),
  ];
}

/** Returns when the run stopped, and why; an interrupted run has only its last event. */
function standing(view: RunView, records: readonly RecordedEvent[]): string {
  const rest = records.findLast(({ event }) => event.type !== 'run.handed-over');
  const at = rest?.at ?? view.startedAt;
  const age = formatDuration(elapsedMs(view, Date.parse(at)));
  return rest?.event.type === 'run.paused'
    ? `paused by ${view.operator} at ${timeOfDay(at)} UTC, after ${age}: ${rest.event.reason}`
    : `interrupted while ${view.operator} ran it; last event at ${timeOfDay(at)} UTC, after ${age}`;
}

function waysOn({ runId, inputs }: RunView): readonly string[] {
  const secrets = inputs
    .filter(({ secret, value }) => secret && value !== null)
    .map(({ name }) => name);
  return [
    `runbook resume ${runId}`,
    `runbook transcript ${runId}`,
    ...(secrets.length > 0
      ? [`asks for these again (secrets are not stored): ${secrets.join(', ')}`]
      : []),
  ];
}

/** The prefix of a text: its indentation, then the time of day, or the bar of a script's line. */
const BEFORE = /^( *)(\d\d:\d\d:\d\d |\| *|• |- )?/;

/** The minimum width of a text, in columns. */
const NARROWEST = 20;

/**
 * Wraps a line at words; continuation lines are aligned with its text, after the bar of a script's
 * line. Text without spaces, e.g. a command to copy, is not broken.
 */
function wrappedLine({ text, ...line }: PlainLine, columns: number): readonly PlainLine[] {
  if (widthOf(text) <= columns) return [{ text, ...line }];
  const [before = '', indent = '', mark = ''] = BEFORE.exec(text) ?? [];
  const isCode = mark.startsWith('|');
  const under = isCode ? `${indent}${mark}    ` : ' '.repeat(before.length);
  const words = text.slice(before.length);
  const width = Math.max(NARROWEST, columns - under.length);
  if (!words.includes(' ')) return [{ text, ...line }];
  return wrapTo(words, width).map((part, index) => ({
    text: `${index === 0 ? before : under}${part}`,
    ...line,
  }));
}
