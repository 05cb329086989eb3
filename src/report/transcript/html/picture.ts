import { conclusionOf } from '#events/view/conclusion.ts';
import { PHASE_NAMES, STATE_WORD, titleOf } from '#events/wording/phrases.ts';
import { PHASES } from '#runbook/model/terms.ts';
import { formatDuration, msBetween, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { lastingEnd } from '../actions.ts';
import { actionTitle } from '../blocks/changes.ts';
import type { TranscriptRun } from '../run.ts';
import { type Visit, type VisitState, visitsOf, waitingsOf } from '../visits.ts';
import { html } from './text.ts';

/** The height of a lane: its label, and its bars below. */
const LANE = 36;
const BAR = 12;
/** The height of the line of a mark. */
const MARK = 22;
/** The length of a label that fits into half of a narrow screen. */
const LABEL = 30;

type Bar = {
  readonly from: string;
  readonly until: string;
  readonly style: string;
  readonly says: string;
};
type Mark = { readonly at: string; readonly style: string; readonly text: string };

/** The state of a visit in a word or two. */
export const VISIT_WORD: { readonly [S in VisitState]: string } = {
  ...STATE_WORD,
  declined: 'declined',
};

/**
 * Returns a picture of a run to scale, as an SVG element: the steps by phase in the colors of their
 * outcomes, the time spent waiting for the operator, and the main events.
 */
export function timelinePicture(run: TranscriptRun): string {
  const { records, view } = run;
  const start = view.startedAt;
  const total = Math.max(1, msBetween(start, records.at(-1)?.at ?? start));
  const x = (at: string) => percent(Math.min(1, Math.max(0, msBetween(start, at) / total)));
  const lanes = lanesOf(run);
  const marks = marksOf(run);
  const drawn = [
    ...lanes.map(([name, bars], index) => laneSvg(name, bars, { y: index * LANE, x, total })),
    ...marks.map((mark, index) => {
      return markSvg(mark, {
        y: lanes.length * LANE + index * MARK,
        x,
        share: msBetween(start, mark.at) / total,
      });
    }),
  ];
  const height = lanes.length * LANE + marks.length * MARK;
  return [
    `<svg class="scale" width="100%" height="${height + 24}" role="img" aria-labelledby="scale-title scale-text">`,
    '<title id="scale-title">The run to scale</title>',
    `<desc id="scale-text">${html(described(run, lanes, marks, total))}</desc>`,
    ...drawn,
    axisSvg(run, height, total),
    '</svg>',
  ].join('\n');
}

function lanesOf(run: TranscriptRun): readonly (readonly [string, readonly Bar[]])[] {
  const visits = visitsOf(run);
  const waits = waitingsOf(run.records).map(({ from, until }) => {
    return {
      from,
      until,
      style: 'waiting',
      says: `waited ${formatDuration(msBetween(from, until))}`,
    };
  });
  const phases = PHASES.map((phase) => {
    const bars = visits.filter((visit) => visit.phase === phase).map((visit) => barOf(visit, run));
    return [PHASE_NAMES[phase], bars] as const;
  });
  const operator = ['Waiting for the operator', waits] as const;
  return [...phases, operator].filter(([, bars]) => bars.length > 0);
}

function barOf({ step, from, until, state }: Visit, { view }: TranscriptRun): Bar {
  const says = `${titleOf(view, step)}: ${VISIT_WORD[state]}, ${timeOfDay(from)}, ${formatDuration(msBetween(from, until))}`;
  return { from, until, style: state, says };
}

function marksOf(run: TranscriptRun): readonly Mark[] {
  const { view, actions } = run;
  const causes = conclusionOf(view).causes.map(({ at }) => ({
    at,
    style: 'found',
    text: 'Cause found',
  }));
  const done = actions.flatMap((action): readonly Mark[] => {
    const at = lastingEnd(action);
    const text = `Action ${action.number}: ${actionTitle(action, view)}`;
    if (at !== undefined) return [{ at, style: 'succeeded', text }];
    return action.started === undefined ? [] : [{ at: action.started.at, style: 'failed', text }];
  });
  const byHand = (view.changes ?? []).flatMap(({ state, at, title }): readonly Mark[] =>
    state === 'by-hand' ? [{ at, style: 'done-by-hand', text: `Reported done: ${title}` }] : [],
  );
  const { outcome, endedAt } = view;
  const end: readonly Mark[] =
    outcome === undefined || endedAt === undefined
      ? []
      : [
          {
            at: endedAt,
            style: outcome,
            text: `${outcome.slice(0, 1).toUpperCase()}${outcome.slice(1)}`,
          },
        ];
  return [...[...causes, ...done, ...byHand].toSorted((a, b) => a.at.localeCompare(b.at)), ...end];
}

type Place = { readonly y: number; readonly x: (at: string) => string };

function laneSvg(
  name: string,
  bars: readonly Bar[],
  { y, x, total }: Place & { readonly total: number },
): string {
  const drawn = bars.map(({ from, until, style, says }) => {
    const width = percent(Math.max(0, msBetween(from, until)) / total);
    return `<rect class="bar ${className(style)}" x="${x(from)}" y="${y + 18}" width="${width}" height="${BAR}"><title>${html(harmlessLine(says))}</title></rect>`;
  });
  return [
    `<text x="0" y="${y + 13}">${html(name)}</text>`,
    `<rect class="lane" x="0" y="${y + 18}" width="100%" height="${BAR}"/>`,
    ...drawn,
  ].join('\n');
}

/** The label stands on the side that has more room. */
function markSvg(
  { at, style, text }: Mark,
  { y, x, share }: Place & { readonly share: number },
): string {
  const isLeft = share < 0.5;
  const whole = harmlessLine(text);
  const shown = whole.length > LABEL ? `${whole.slice(0, LABEL - 1)}…` : whole;
  const label = isLeft ? `${shown} ${timeOfDay(at)}` : `${timeOfDay(at)} ${shown}`;
  return [
    `<line class="guide" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${y + 8}"/>`,
    `<circle class="mark ${className(style)}" cx="${x(at)}" cy="${y + 12}" r="5"><title>${html(whole)}</title></circle>`,
    `<text x="${x(at)}" y="${y + 16}" dx="${isLeft ? 10 : -10}" text-anchor="${isLeft ? 'start' : 'end'}">${html(label)}</text>`,
  ].join('\n');
}

function axisSvg({ view }: TranscriptRun, y: number, total: number): string {
  const label = (share: number, anchor: string) =>
    `<text class="tick" x="${percent(share)}" y="${y + 18}" text-anchor="${anchor}">+${formatDuration(total * share)}</text>`;
  return [
    `<text class="tick" x="0" y="${y + 18}">${timeOfDay(view.startedAt)} UTC</text>`,
    label(0.5, 'middle'),
    label(1, 'end'),
  ].join('\n');
}

function described(
  { view }: TranscriptRun,
  lanes: readonly (readonly [string, readonly Bar[]])[],
  marks: readonly Mark[],
  total: number,
): string {
  const spent = lanes.map(([name, bars]) => {
    const ms = bars.reduce((sum, { from, until }) => sum + Math.max(0, msBetween(from, until)), 0);
    return `${name}: ${formatDuration(ms)}`;
  });
  const events = marks.map(
    ({ at, text }) => `${text}, after ${formatDuration(msBetween(view.startedAt, at))}`,
  );
  return harmlessLine(`${[`${formatDuration(total)} in all`, ...spent, ...events].join('. ')}.`);
}

/** Only a plain word becomes a class. */
export function className(state: string): string {
  return /^[a-z-]+$/.test(state) ? state : '';
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
