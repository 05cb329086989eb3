import { stepsAround, stepsInside } from '#events/view/place-in-run.ts';
import type { RunView, StepState, StepView } from '#events/view/run-view.ts';
import { STATE_SIGN, workedMs } from '#events/wording/phrases.ts';
import { shownState } from '#events/wording/step-state.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { cutTo, headWithin, padTo, widthOf } from '#text/width.ts';
import {
  ACCENT,
  BAD,
  DIM,
  GOOD,
  type Line,
  limited,
  line,
  type Style,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { factOf, isHistory } from './fact.ts';

const LOOK: { readonly [S in StepState]: { readonly sign: Style; readonly title: Style } } = {
  waiting: { sign: DIM, title: {} },
  current: { sign: { ...ACCENT, bold: true }, title: { bold: true } },
  running: { sign: { ...ACCENT, bold: true }, title: { bold: true } },
  succeeded: { sign: GOOD, title: {} },
  failed: { sign: BAD, title: {} },
  skipped: { sign: WARN, title: DIM },
  'done-by-hand': { sign: GOOD, title: {} },
  simulated: { sign: WARN, title: {} },
  undone: { sign: WARN, title: {} },
  unknown: { sign: WARN, title: {} },
  'not-taken': { sign: DIM, title: DIM },
};

/** The indent of the steps inside another step, in columns. */
const INDENT = 2;
/** The number of steps ahead that are named; more are counted. */
const NAMED_AHEAD = 3;
/** The lines of a fact below its step where not all facts fit. */
const FACT_LINES = 2;
/** The same for how the runbook ended that the run opened last: it says what remains to do. */
const END_LINES = 6;
/** The columns of a truncated fact. */
const LEAST_FACT = 12;
/** The columns of a time. */
const TIME = 8;

/** A step in the list, or a line about several. */
type Entry =
  | { readonly kind: 'step'; readonly step: StepView; readonly indent: number }
  | { readonly kind: 'line'; readonly line: Line };

/**
 * Returns the steps that the run reached, in their order, each with the fact that mattered and its
 * time, then what is ahead. Steps that are not needed are only counted. In at most `room` lines: the
 * facts before the latest one are truncated first, apart from how the last opened runbook ended, then
 * early steps are left out. Facts leave out the
 * sentences of `said`.
 */
export function pathLines(
  view: RunView,
  width: number,
  room: number,
  said: readonly string[] = [],
): readonly Line[] {
  return fittedLines(levelEntries(view, undefined, 0), view, width, room, said);
}

function fittedLines(
  entries: readonly Entry[],
  view: RunView,
  width: number,
  room: number,
  said: readonly string[] = [],
): readonly Line[] {
  const column = titleColumn(entries, width);
  const drawn = (entry: Entry, most: number) => {
    const fact = entry.kind === 'step' ? factOf(entry.step, view, said) : '';
    return entryLines(entry, view, fact, width, column, most);
  };
  const full = entries.flatMap((entry) => drawn(entry, Infinity));
  if (full.length <= room) return full;
  const opened = entries.findLastIndex(
    (entry) => entry.kind === 'step' && entry.step.child?.end !== undefined,
  );
  const whole = entries.map((entry) => drawn(entry, FACT_LINES));
  const latest = whole.findLastIndex((lines) => lines.length > 1);
  let over = whole.flat().length - room;
  const shown = whole.map((lines, index) => {
    const entry = entries[index];
    const isKept = over <= 0 || index === latest || index === opened || lines.length === 1;
    if (isKept || entry === undefined) return lines;
    const short = drawn(entry, 0);
    over -= lines.length - short.length;
    return short;
  });
  const end = entries[opened];
  const spare = room - shown.slice(opened + 1).flat().length - (opened > 0 ? 2 : 1);
  const told = end && drawn(end, Math.max(0, Math.min(spare, END_LINES)));
  return withoutFirst((told ? shown.with(opened, told) : shown).flat(), room);
}

/** Leaves out the first steps that do not fit, and says how many lines. */
function withoutFirst(lines: readonly Line[], room: number): readonly Line[] {
  if (lines.length <= room) return lines;
  if (room < 2) return lines.slice(lines.length - Math.max(0, room));
  const kept = lines.slice(lines.length - room + 1);
  return [line(`↑ ${lines.length - kept.length} more`, DIM), ...kept];
}

/** Returns the steps directly inside a step, or those of the run, and what is ahead of them. */
function levelEntries(view: RunView, parent: string | undefined, indent: number): readonly Entry[] {
  const level = view.steps.filter((step) => step.parent === parent);
  const reached = level
    .filter((step) => !isFolded(step) && step.state !== 'waiting' && !isEnd(step, view))
    .map((step) => ({ step, at: view.path.lastIndexOf(step.id) }))
    .toSorted((a, b) => a.at - b.at);
  const inside = reached.map(({ step }) =>
    showsInside(step, view) ? levelEntries(view, step.id, indent + INDENT) : [],
  );
  return [
    ...reached.flatMap(({ step }, index): readonly Entry[] => [
      { kind: 'step', step, indent },
      ...(inside[index] ?? []),
    ]),
    ...(inside.some((entries) => entries.length > 0) ? [] : aheadEntries(view, level, indent)),
  ];
}

/** Returns whether a step is not needed: another branch was taken, or its condition is false. */
function isFolded({ state, skippedBy }: StepView): boolean {
  return state === 'not-taken' || (state === 'skipped' && skippedBy === 'condition');
}

/** The end of a run says nothing that its outcome does not. */
function isEnd({ kind }: StepView, { status }: RunView): boolean {
  return kind === 'finish' && status === 'finished';
}

function showsInside(step: StepView, view: RunView): boolean {
  const isHere =
    step.id === view.current || stepsAround(view, view.current).some(({ id }) => id === step.id);
  const wasBegun = step.kind === 'parallel' || step.child !== undefined;
  const isOver = step.child?.end !== undefined || view.status === 'finished';
  return isHere && wasBegun && !isOver && stepsInside(view, step.id).length > 0;
}

/** Returns the steps ahead, and at the end those that did not run; the ends of a runbook are none. */
function aheadEntries(view: RunView, all: readonly StepView[], indent: number): readonly Entry[] {
  const level = all.filter(({ kind }) => kind !== 'finish');
  const space = ' '.repeat(indent);
  const note = (text: string): Entry => ({ kind: 'line', line: line(`${space}  ${text}`, DIM) });
  if (view.status === 'finished') {
    const folded = level.filter(isFolded).length;
    const why = endsIncident(view.outcome) ? 'not needed' : 'not run';
    return folded === 0 ? [] : [note(`${counted(folded, 'other step')} ${why}`)];
  }
  const ahead = level.filter(({ state }) => state === 'waiting');
  if (ahead.length > NAMED_AHEAD) return [note(`up to ${counted(ahead.length, 'more step')}`)];
  return ahead.map(({ title, state }) => ({
    kind: 'line',
    line: [span(`${space}${STATE_SIGN[state]} `, DIM), span(title, DIM)],
  }));
}

/** Returns the column at which facts start beside their titles. */
function titleColumn(entries: readonly Entry[], width: number): number {
  const widths = entries.map((entry) =>
    entry.kind === 'step' ? entry.indent + 2 + widthOf(titleText(entry.step)) : 0,
  );
  return Math.min(Math.max(0, ...widths), Math.floor(width * 0.45)) + 2;
}

/** A step that runs another runbook has the title of that runbook. */
function titleText({ title: own, child, visits, items, state }: StepView): string {
  const title = child?.runbook.title ?? own;
  const last = items?.at(-1);
  const isOver = state === 'succeeded' || state === 'failed';
  const count = last === undefined || isOver ? '' : ` ${last.index}/${last.count}`;
  return `${title}${count}${visits > 1 ? ` ×${visits}` : ''}`;
}

/**
 * Returns a step on one line, or its fact below it, in at most `most` lines, if that is too long to
 * stand beside it; with 0, on one line in any case.
 */
function entryLines(
  entry: Entry,
  view: RunView,
  fact: string,
  width: number,
  column: number,
  most: number,
): readonly Line[] {
  if (entry.kind === 'line') return [entry.line];
  const { step, indent } = entry;
  const past = isHistory(step, view);
  const state = shownState(step);
  const look = past ? { sign: DIM, title: DIM } : LOOK[state];
  const sign = span(`${' '.repeat(indent)}${STATE_SIGN[state]} `, look.sign);
  const time = span(timeText(step), DIM);
  const title = titleText(step);
  const style = past || step.state === 'skipped' ? DIM : {};
  const drawn = (titleRoom: number, beside = ''): Line => {
    const name = span(padTo(cutTo(title, titleRoom), titleRoom), look.title);
    return spread([sign, name, span(beside, style)], [time], width);
  };
  const own = widthOf(title) + 2;
  const usual = column - indent - 2;
  const besideRoom = width - indent - 2 - TIME - 1 - Math.max(own, usual);
  if (fact === '') return [drawn(width - indent - 2 - TIME)];
  if (widthOf(fact) <= besideRoom) return [drawn(Math.max(own, usual), fact)];
  if (most === 0 && usual > 8) {
    const room = Math.max(LEAST_FACT, width - column - TIME - 1);
    return [drawn(usual - 2, `  ${headWithin(fact, room)}`)];
  }
  const first = drawn(width - indent - 2 - TIME);
  if (most === 0) return [first];
  const below = wrapped(fact, width, style, ' '.repeat(indent + INDENT));
  return [first, ...limited(below, most)];
}

function timeText(step: StepView): string {
  const ms = workedMs(step);
  return ms === undefined || step.state === 'running' ? '' : formatDuration(ms);
}

/** Returns the path so far in the lines that a pane leaves free, and a rule below it. */
export function pathAbove(view: RunView, width: number, free: number): readonly Line[] {
  const room = free - 1;
  if (room < 1) return [];
  const before = levelEntries(view, undefined, 0).filter(
    (entry) => entry.kind === 'step' && entry.step.id !== view.awaited?.step,
  );
  const lines = fittedLines(before, view, width, room);
  return lines.length === 0 ? [] : [...lines, line('─'.repeat(width), DIM)];
}
