import { type Conclusion, conclusionOf, isLeading } from '#events/view/conclusion.ts';
import { declinedSteps, type OpenPoint } from '#events/view/open-points.ts';
import type { ChangeView, RunView } from '#events/view/run-view.ts';
import { changeState, changeWords } from '#events/wording/change-text.ts';
import { elapsedMs, NO_CAUSE } from '#events/wording/phrases.ts';
import { runCommand } from '#events/wording/run-command.ts';
import { unsaid } from '#events/wording/sentences.ts';
import { endsIncident, OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { isCarriedOut } from '#runbook/model/step-error.ts';
import { clock, formatSeconds, msBetween, timeOfDay } from '#text/duration.ts';
import { padTo, widthOf } from '#text/width.ts';
import {
  BAD,
  BLANK,
  BOLD,
  bulleted,
  DIM,
  GOOD,
  type Line,
  line,
  lineWidth,
  rule,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';
import { pathLines } from './path.ts';

const STYLES = { success: GOOD, warning: WARN, danger: BAD };

/** The note that keeps the outcome of a dry run from being mistaken for a real one. */
const DRY_RUN = 'Dry run: nothing was changed.';

/** The width of the labels on the left. */
const LABEL = 11;
/** The width up to which lines are easy to read. */
const READABLE = 118;

/**
 * Returns the end of a run: what was wrong, what was changed, how things are now and what is left to
 * do; then, by scrolling, the steps, the notes and the prevention.
 */
export function finishedPane(view: RunView, wide: number): Pane {
  const width = Math.min(wide, READABLE);
  const { outcome = 'aborted', mode } = view;
  const { sign, role } = OUTCOME_FACTS[outcome];
  const left: Line = [
    span(sign, { ...STYLES[role], bold: true }),
    span(` ${outcome.toUpperCase()}`, BOLD),
    span(`${endsIncident(outcome) ? ' in ' : ' after '}${formatSeconds(elapsedMs(view, 0))}`),
  ];
  return {
    head: [
      spread(left, [span(`${view.runbook.name} ${shortId(view)}`, DIM)], width),
      ...(mode === 'live' ? [] : wrapped(DRY_RUN, width, WARN)),
      BLANK,
    ],
    body: [...leadLines(view, width), ...restLines(view, width)],
    foot: [],
  };
}

/** A run can be named by the end of its ID. */
function shortId({ runId }: RunView): string {
  return runId.split('-').at(-1) ?? runId;
}

function leadLines(view: RunView, width: number): readonly Line[] {
  const conclusion = conclusionOf(view);
  const { causes, changes, open } = conclusion;
  const left = open.filter(({ kind }) => kind !== 'next');
  const room = width - LABEL;
  return [
    ...labelled(
      'Cause',
      causes.length === 0
        ? [line(NO_CAUSE, DIM)]
        : causes.flatMap(({ text }) => wrapped(text, room)),
    ),
    ...labelled('Changed', changedLines(changes, view, room)),
    ...labelled('Not done', notDoneLines(view, room)),
    ...labelled(
      'Now',
      statusTexts(view, conclusion).flatMap((text) => wrapped(text, room)),
    ),
    ...labelled('Why', view.outcome === 'aborted' ? wrapped(view.summary ?? '', room) : []),
    ...labelled(
      'To do',
      left.flatMap((point) => wrapped(openText(point), room)),
    ),
    ...nextLines(view, open, room),
  ];
}

/**
 * Returns the command that the run's end names, else those of the related runbooks, which nothing found
 * here speaks for. What a run that opens others has ruled out is no way on.
 */
function nextLines(view: RunView, open: readonly OpenPoint[], room: number): readonly Line[] {
  if (endsIncident(view.outcome)) return [];
  const named = open.flatMap((point) => (point.kind === 'next' ? [point.command] : []));
  if (named.length > 0 || isLeading(view))
    return labelled('Try next', suggestionLines(named, room));
  const related = view.runbook.related.map((name) => runCommand(name, view.options));
  return labelled('Related', suggestionLines(related, room));
}

function labelled(label: string, lines: readonly Line[]): readonly Line[] {
  return lines.map((one, index) => [
    span(padTo(index === 0 ? label : '', LABEL), index === 0 ? BOLD : {}),
    ...one,
  ]);
}

/** Returns each change with its time, its rows and who confirmed or reported it. */
function changedLines(
  changes: readonly ChangeView[],
  view: RunView,
  width: number,
): readonly Line[] {
  const made = changes.filter(({ state }) => state !== 'not-sent');
  if (made.length === 0) return [line('nothing', DIM)];
  return made.flatMap((change) => {
    const state = changeState(change, view);
    const text = `${changeWords(change)}${state === '' ? '' : ` · ${state}`}`;
    const mark = span(change.state === 'by-hand' ? 'by hand   ' : `${timeOfDay(change.at)}  `, DIM);
    const who = span(change.operator, DIM);
    const room = width - lineWidth([who]) - 2;
    const [first = [], ...rest] = bulleted(mark, text, room);
    return [spread(first, [who], width), ...rest];
  });
}

/** A change that was declined is nothing to do once the incident is resolved without it. */
function notDoneLines(view: RunView, width: number): readonly Line[] {
  const unsent = (view.changes ?? []).filter(({ state }) => state === 'not-sent');
  const declined = endsIncident(view.outcome) ? declinedSteps(view) : [];
  return [
    ...unsent.flatMap((change) => {
      return wrapped(`${changeWords(change)} · ${changeState(change, view)}`, width);
    }),
    ...declined.flatMap(({ title }) => wrapped(`“${title}”: declined`, width)),
  ];
}

/**
 * Returns how things are now: how the run ended, which says it all if the incident is resolved;
 * otherwise first the last finding, if it came after the last change and a condition led to it.
 */
function statusTexts(view: RunView, conclusion: Conclusion): readonly string[] {
  const { causes, changes, summary: ended, open } = conclusion;
  // The summary of an aborted run is the operator's reason; what was not checked is left to do.
  const unchecked = open.flatMap((point) => (point.kind === 'unchecked' ? [point.text] : []));
  const summary = view.outcome === 'aborted' ? '' : unsaid(ended, unchecked);
  if (endsIncident(view.outcome) && summary !== '') return [summary];
  const since = changes.at(-1)?.at ?? causes.at(-1)?.at ?? '';
  const last = view.findings.at(-1);
  // A check that is repeated finds the cause again, in the same words.
  const isCause = causes.some(({ text }) => text === last?.text);
  const isNew = last !== undefined && last.at > since && !last.isElse && !isCause;
  const found = isNew ? unsaid(last.text, [ended]) : '';
  return [found, summary].filter((text) => text !== '');
}

/** Returns what is left to do about an open point. */
function openText(point: OpenPoint): string {
  switch (point.kind) {
    case 'unfinished':
      return 'The run is not finished.';
    case 'failed':
      return `“${point.step.title}” ${isCarriedOut(point.step.error) ? 'was not verified' : 'failed'}.`;
    case 'unknown':
      return `Check “${point.step.title}”: its outcome is unknown.`;
    case 'declined':
      return `“${point.step.title}” was declined.`;
    case 'skipped':
      return `“${point.step.title}” was skipped: ${point.reason}`;
    case 'unchecked':
      return point.text;
    case 'next':
      return point.command;
    case 'question':
      return point.note.text;
  }
}

/** Returns the suggested runbooks, as many on a line as fit, on two lines at most. */
function suggestionLines(commands: readonly string[], width: number): readonly Line[] {
  const [first, ...others] = commands;
  if (first === undefined) return [];
  const kept: string[] = [first];
  for (const command of others) {
    const used = widthOf(kept.join('   '));
    if (used + 3 + widthOf(command) > width) break;
    kept.push(command);
  }
  return [line(kept.join('   '))];
}

/** Returns what scrolling shows; the steps leave out what is said above them. */
function restLines(view: RunView, width: number): readonly Line[] {
  const conclusion = conclusionOf(view);
  const { causes, open, prevention } = conclusion;
  const said = [
    ...causes.map(({ text }) => text),
    ...statusTexts(view, conclusion),
    ...open.map(openText),
  ];
  return [
    ...section(
      'Not run (dry run)',
      view.steps.flatMap(({ state, title }) => (state === 'simulated' ? [['≈', title]] : [])),
      width,
    ),
    ...section(
      'Notes',
      view.notes.map(({ at, text }) => [since(view, at), text]),
      width,
    ),
    BLANK,
    rule(width, 'Steps'),
    ...pathLines(view, width, Number.POSITIVE_INFINITY, said),
    ...section(
      'Prevention',
      prevention.map((text) => ['•', text]),
      width,
    ),
  ];
}

function since(view: RunView, at: string): string {
  return clock(msBetween(view.startedAt, at));
}

function section(
  title: string,
  items: readonly (readonly [mark: string, text: string])[],
  width: number,
): readonly Line[] {
  if (items.length === 0) return [];
  return [
    BLANK,
    rule(width, title),
    ...items.flatMap(([mark, text]) => bulleted(span(`${mark}  `, DIM), text, width)),
  ];
}
