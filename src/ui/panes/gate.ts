import type { ShownChanges } from '#events/log/event.ts';
import { tellGate } from '#events/telling/gate.ts';
import { itemsAround } from '#events/view/place-in-run.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { resolvedNotice } from '#events/wording/alert-text.ts';
import { aheadText } from '#events/wording/count-words.ts';
import { otherRunsTexts } from '#events/wording/other-runs.ts';
import { EFFECT_WORD, gatePlaceTexts, itemText, undoText } from '#events/wording/phrases.ts';
import { changesTexts, leftOutTexts, refreshedText } from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { formatSeconds, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { widthOf } from '#text/width.ts';
import { boxed, noteRoom } from '../draw/box.ts';
import {
  BAD,
  BLANK,
  BOLD,
  type Line,
  limited,
  line,
  lineText,
  rule,
  type Span,
  type Style,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { fitPane, windowOf } from '../draw/pane.ts';
import { answerLines, type GateState, isSeen } from '../keys/gate-answer.ts';
import {
  actionLines,
  actionStart,
  type Listing,
  rowsBegin,
  rowsFirst,
  undoneLines,
} from './gate-action.ts';

/** The minimum height of statement and rows; below it, what is new scrolls with them. */
const LEAST_BODY = 6;
/** The minimum height of a gate with the finding that led to it. */
const ROOM_FOR_WHY = 16;
/** The minimum height of a gate with two lines of it. */
const ROOM_FOR_ALL_OF_IT = 24;
/** The minimum height of the start of statement and rows. */
const LEAST_START = 3;

/** A drawn gate. */
export type GatePicture = {
  /** Exactly as many as fit. */
  readonly lines: readonly Line[];
  /** The scroll limit; 0 if everything is visible. */
  readonly scrollLimit: number;
  /** The number of lines that a page key scrolls, so that no line is skipped. */
  readonly page: number;
};

/**
 * Returns the gate in its frame. Title, target, row count, warnings and answers stay visible. If the
 * rest does not fit, it starts with the statement and the first rows, and scrolls to the others.
 */
export function gatePicture(
  view: RunView,
  gate: GateView,
  width: number,
  height: number,
  state: GateState,
): GatePicture {
  const inner = width - 4;
  const inside = Math.max(1, height - 2);
  const style: Style = gate.level === 'type' ? BAD : WARN;
  const title = span(` ${EFFECT_WORD[gate.effect]} `, { ...style, bold: true, inverse: true });
  const note = noteOf(gate, noteRoom(width, title));
  const heading = [
    ...limited(wrapped(titleOf(gate), inner, BOLD), 2),
    ...placeLines(view, gate, inner),
    ...(note === '' ? whereLines(gate, inner) : []),
  ];
  const age = ageLines(view, gate, state.now);
  const news = newsLines(view, gate, inner);
  const facts = factLines(view, gate, inner);
  const answers = answerLines(view, gate, inner, state, false);
  const above = inside - heading.length - 1 - age.length - answers.length;
  const why = whyLines(view, gate, inner, inside);
  const middle = (by: Listing, room: number) =>
    middleOf(
      view,
      gate,
      { news, facts, by, action: actionLines(gate, inner, by) },
      inner,
      room,
      state,
    );
  // Rows that do not fit are grouped by what they have in common.
  const isWhole = middle('rows', above).scrollLimit === 0;
  const by = isWhole || gate.preview === undefined ? 'rows' : 'groups';
  const plain = middle(by, above);
  const { scrollLimit } = plain;
  const reasoned = middle(by, above - why.length);
  // The finding is on the first page, unless only for it the gate would have to be scrolled.
  const isFirst = Math.min(state.scroll, scrollLimit) === 0;
  const isAlike = scrollLimit > 0 ? reasoned.skipped === plain.skipped : reasoned.scrollLimit === 0;
  const isReasoned = isFirst && isAlike;
  const { shown, below } = isReasoned ? reasoned : plain;
  const head = isReasoned ? [...heading, ...why] : heading;
  const page = isFirst ? Math.max(1, plain.skipped + seenLines(shown, plain.body)) : plain.page;
  const scroll = Math.min(state.scroll, scrollLimit);
  const seen = isSeen(gate, { ...state, scroll }, scrollLimit);
  const foot = [rule(inner), ...age, ...below, ...answerLines(view, gate, inner, state, seen)];
  const needed = Math.min(inside, head.length + shown.length + foot.length);
  const pane = { head, body: shown, foot };
  const box = boxed(fitPane(pane, needed, 0), width, {
    style,
    heavy: gate.level === 'type',
    title,
    note,
  });
  return { lines: filled(box, height), scrollLimit, page };
}

/**
 * Returns the middle that needs no scrolling, if there is one: all of it; else all rows and warnings
 * with the start of the statement and of how to undo it.
 */
function unscrolled(
  view: RunView,
  gate: GateView,
  { news, facts, action, by }: Parts,
  width: number,
  room: number,
) {
  const all = [action, withoutBlanks(action)].find(({ length }) => length <= room - facts.length);
  const least = [...limited(undoLines(view, gate, width), 1), ...warningLines(gate, width)];
  const shown = all ?? rowsFirst(gate, width, by, room - least.length);
  const below = [...news, ...(all === undefined ? least : facts)];
  return shown && { shown, below, body: shown, scrollLimit: 0, skipped: 0, page: 1 };
}

type Parts = Readonly<Record<'news' | 'facts' | 'action', readonly Line[]>> & {
  readonly by: Listing;
};

/** Returns what is between the title and the answers of a gate, in at most `above` lines. */
function middleOf(
  view: RunView,
  gate: GateView,
  { news, facts, action, by }: Parts,
  width: number,
  above: number,
  state: GateState,
) {
  const isRoomy = above - news.length >= LEAST_BODY;
  const pinned = isRoomy ? news : [];
  const free = Math.max(1, above - pinned.length);
  const left = free - facts.length;
  const whole = isRoomy
    ? unscrolled(view, gate, { news: pinned, facts, by, action }, width, free)
    : undefined;
  if (whole !== undefined) return whole;
  const first = isRoomy ? [] : limited(news, Math.max(0, free - LEAST_START));
  // Warnings take at most half of the room; longer ones are read to their end by scrolling.
  const most = Math.max(0, free - first.length - Math.max(LEAST_START, Math.ceil(free / 2)));
  const isWhole = isRoomy && facts.length <= most;
  const below = isWhole ? [...pinned, ...facts] : pinned;
  const room = isWhole ? left : free;
  const body = [
    ...(isRoomy ? [] : news),
    ...withoutBlanks(action),
    ...(isWhole ? [] : [BLANK, ...facts]),
  ];
  // The first rows and the warnings take precedence over the rest of a long statement.
  const isCut = !isWhole || rowsBegin(gate, width, by) > room;
  const skipped = isCut ? 1 : 0;
  const scrollLimit = Math.max(0, body.length - room) + skipped;
  const scroll = Math.min(state.scroll, scrollLimit);
  if (!isCut || scroll > 0) {
    const shown = windowOf(body, scroll - skipped, room);
    return { shown, below, body, scrollLimit, skipped, page: Math.max(1, room - 2) };
  }
  const warned = isWhole ? [] : shortened(view, gate, width, most);
  const start = actionStart(gate, width, by, room - first.length - warned.length);
  const shown = [...first, ...start];
  return { shown, below: [...below, ...warned], body, scrollLimit, skipped, page: 1 };
}

function withoutBlanks(lines: readonly Line[]): readonly Line[] {
  return lines.filter((one) => one !== BLANK);
}

/** Returns by how many lines to scroll so that the first line that the start leaves out is shown. */
function seenLines(start: readonly Line[], body: readonly Line[]): number {
  const differs = start.findIndex((one, at) => lineText(one) !== lineText(body[at] ?? []));
  // A mark of what is above covers the first line.
  return Math.max(0, (differs === -1 ? start.length : differs) - 1);
}

/** Returns the replacement for a gate in a terminal that is too small for it. */
export function tooSmallLines(
  gate: GateView,
  width: number,
  height: number,
  notice: string | undefined,
): readonly Line[] {
  const lines = [
    ...(notice === undefined ? [] : wrapped(notice, width, BAD)),
    ...wrapped(titleOf(gate), width, BOLD),
    ...wrapped(`on ${gate.action.where}`, width),
    ...wrapped(
      'Make the terminal at least 60 columns by 15 rows to see and confirm it.',
      width,
      WARN,
    ),
  ];
  return filled(lines.slice(0, height), height);
}

function filled(lines: readonly Line[], height: number): readonly Line[] {
  return [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, (): Line => [])];
}

function titleOf({ part, title }: GateView): string {
  return part === 'undo' ? `Undo: ${title}` : title;
}

/** Returns the latest finding, which led to the gate, where there is room. */
function whyLines(
  { findings }: RunView,
  { part }: GateView,
  width: number,
  inside: number,
): readonly Line[] {
  const found = findings.at(-1);
  if (found === undefined || part === 'undo' || inside < ROOM_FOR_WHY) return [];
  const most = inside < ROOM_FOR_ALL_OF_IT ? 1 : 2;
  return limited(wrapped(`Why: ${harmlessLine(found.text)}`, width - 2), most);
}

/** Returns operator and target, as far as they fit without truncating the target, else nothing. */
function noteOf({ operator, action: { where } }: GateView, room: number): string {
  const inside = where.replace(/^\S*\//, '');
  const who = operator === undefined ? 'on' : `${operator} on`;
  const notes = [`${who} ${where}`, `${who} ${inside}`, `on ${inside}`];
  return notes.find((note) => widthOf(note) <= room) ?? '';
}

/** Returns the complete target, with the operator if that takes no more lines. */
function whereLines({ operator, action: { where } }: GateView, width: number): readonly Line[] {
  const alone = wrapped(`on ${where}`, width);
  if (operator === undefined) return alone;
  const whole = wrapped(`${operator} on ${where}`, width);
  return whole.length > alone.length ? alone : whole;
}

/** Returns the number of rows and their age, counting up. */
function ageLines(
  view: RunView,
  { part, preview, unchangedAt, action }: GateView,
  now: number,
): readonly Line[] {
  if (preview === undefined) return [];
  const rows = counted(preview.rows.length, 'row');
  // An undo puts back what was there: its rows are those of the change, however old.
  if (part === 'undo')
    return [[span(rows, BOLD), span(` as read before the change, ${timeOfDay(preview.at)} UTC`)]];
  if (view.awaited?.for !== 'gate') return [line(`${rows} · refreshing …`, WARN)];
  const since = (at: string): number => Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  const age = since(unchangedAt ?? preview.at);
  const limit = Math.floor(preview.freshForMs / 1000);
  const isStale = age > limit;
  const pinned: Span = span(aheadText(action, preview.rows.length), BOLD);
  const read = ` · read ${formatSeconds(since(preview.at) * 1000)} ago`;
  const again = unchangedAt === undefined ? '' : `, unchanged ${formatSeconds(age * 1000)} ago`;
  const valid = `, valid for ${formatSeconds(limit * 1000)}`;
  const rest = isStale ? ', expired: will be refreshed' : again === '' ? valid : '';
  return [[pinned, span(read + again + rest, isStale ? WARN : {})]];
}

/** Returns why the gate asks again, and what has changed since. */
function newsLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const { preview, refused, before, changes, others, unrefreshed } = gate;
  const over = resolvedNotice(view);
  const isAsked = preview === undefined || view.awaited?.for === 'gate';
  const since = preview && before && isAsked ? rowsSince(before, preview) : undefined;
  return [
    ...(refused === undefined || !isAsked ? [] : wrapped(`confirm again: ${refused}`, width, WARN)),
    ...(over === undefined ? [] : wrapped(`! ${over}`, width, WARN)),
    ...otherRunsTexts(others).flatMap((text) => wrapped(`! ${text}`, width, WARN)),
    ...(changes === undefined ? [] : changedTexts(gate, changes)).flatMap((text) =>
      wrapped(text, width, WARN),
    ),
    ...leftOutTexts(gate).flatMap((text) => wrapped(text, width, BOLD)),
    ...(unrefreshed === undefined ? [] : wrapped(refreshedText(unrefreshed) ?? '', width, WARN)),
    ...(since === undefined ? [] : wrapped(`since then: ${since}`, width, BOLD)),
  ];
}

/** Returns how to undo the action, and warnings. */
function factLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  return [...undoLines(view, gate, width), ...warningLines(gate, width)];
}

/** Returns the same in at most `most` lines: a warning takes precedence over the text of an undo. */
function shortened(view: RunView, gate: GateView, width: number, most: number): readonly Line[] {
  const warnings = warningLines(gate, width);
  const undo = limited(undoLines(view, gate, width), Math.max(1, most - warnings.length));
  return limited([...undo, ...warnings], most);
}

function warningLines(gate: GateView, width: number): readonly Line[] {
  return tellGate(gate).warnings.flatMap(({ text }) => wrapped(`! ${text}`, width, BOLD));
}

/** Returns the differences from the previous gate, without rows that are already compared. */
function changedTexts({ before, preview }: GateView, changes: ShownChanges): readonly string[] {
  const { server } = changes;
  return changesTexts(before === undefined ? changes : { server }, preview?.columns ?? []);
}

/** Returns how to undo the action; for an undo, what it reverts and why. */
function undoLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const undoes = gate.part === 'undo' ? undoneLines(view, gate, width) : [];
  if (gate.undo === undefined) return undoes;
  return [...undoes, ...wrapped(undoText(gate), width)];
}

/** The place of the step: its item, after those of the steps that run its runbook for several items. */
function placeLines(view: RunView, gate: GateView, inner: number): readonly Line[] {
  const around = itemsAround(view, gate.step).map((one) => `item ${itemText(one)}`);
  return [...around, ...gatePlaceTexts(gate)].flatMap((text) => limited(wrapped(text, inner), 2));
}
