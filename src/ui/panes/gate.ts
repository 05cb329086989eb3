import type { ShownChanges } from '#events/log/event.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { EFFECT_WORD, itemText, undoText } from '#events/wording/phrases.ts';
import { changesTexts, refreshedText } from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { formatSeconds } from '#text/duration.ts';
import { widthOf } from '#text/width.ts';
import { boxed, noteRoom } from '../draw/box.ts';
import {
  BAD,
  BLANK,
  BOLD,
  type Line,
  limited,
  line,
  rule,
  type Span,
  type Style,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { fitPane, windowOf } from '../draw/pane.ts';
import { answerLines, type GateState, isSeen } from '../keys/gate-answer.ts';
import { actionLines, actionStart, rowsBegin, undoneLines } from './gate-action.ts';

/** The minimum height of statement and rows; below it, what is new scrolls with them. */
const LEAST_BODY = 6;
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
 * Returns the gate in its frame. Title, target, row count and answers stay visible. If the rest
 * does not fit, it starts with the statement and the first rows, and scrolls to the warnings.
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
  const head = [
    ...limited(wrapped(titleOf(gate), inner, BOLD), 2),
    ...(gate.item === undefined ? [] : wrapped(itemText(gate.item), inner)),
    ...(note === '' ? whereLines(gate, inner) : []),
  ];
  const age = ageLines(view, gate, state.now);
  const news = newsLines(view, gate, inner);
  const facts = factLines(view, gate, inner);
  const answers = answerLines(view, gate, inner, state, false);
  const above = inside - head.length - 1 - age.length - answers.length;
  const parts = { news, facts, action: actionLines(gate, inner) };
  const { shown, below, scrollLimit, skipped, room } = middleOf(gate, parts, inner, above, state);
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
  return {
    lines: filled(box, height),
    scrollLimit,
    page: skipped > 0 && scroll === 0 ? 1 : Math.max(1, room - 2),
  };
}

/** Returns what is between the title and the answers of a gate, in at most `above` lines. */
function middleOf(
  gate: GateView,
  { news, facts, action }: Readonly<Record<'news' | 'facts' | 'action', readonly Line[]>>,
  width: number,
  above: number,
  state: GateState,
) {
  const isRoomy = above - news.length >= LEAST_BODY;
  const room = Math.max(1, isRoomy ? above - news.length : above);
  const pinned = isRoomy ? news : [];
  if (isRoomy && action.length + facts.length <= room)
    return { shown: action, below: [...pinned, ...facts], scrollLimit: 0, skipped: 0, room };
  // What does not fit is read to its end: the warning is then beside the answer.
  const body = [...(isRoomy ? [] : news), ...action, BLANK, ...facts];
  // The first rows take precedence over the rest of a long statement.
  const isCut = !isRoomy || rowsBegin(gate, width) > room;
  const skipped = isCut ? 1 : 0;
  const scrollLimit = Math.max(0, body.length - room) + skipped;
  const scroll = Math.min(state.scroll, scrollLimit);
  const first = isRoomy ? [] : limited(news, Math.max(0, room - LEAST_START));
  const shown =
    isCut && scroll === 0
      ? [...first, ...actionStart(gate, width, room - first.length)]
      : windowOf(body, Math.max(0, scroll - skipped), room);
  return { shown, below: pinned, scrollLimit, skipped, room };
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

/** Returns operator and target, as far as they fit without truncating the target, else nothing. */
function noteOf({ operator, action: { where } }: GateView, room: number): string {
  const inside = where.replace(/^\S*\//, '');
  const notes = [`${operator} on ${where}`, `${operator} on ${inside}`, `on ${inside}`];
  return notes.find((note) => widthOf(note) <= room) ?? '';
}

/** Returns the complete target, with the operator if that takes no more lines. */
function whereLines({ operator, action: { where } }: GateView, width: number): readonly Line[] {
  const whole = `${operator} on ${where}`;
  return wrapped(widthOf(whole) <= width ? whole : `on ${where}`, width);
}

/** Returns the number of rows and their age, counting up. */
function ageLines(view: RunView, { preview, unchangedAt }: GateView, now: number): readonly Line[] {
  if (preview === undefined) return [];
  const rows = counted(preview.rows.length, 'row');
  if (view.awaited?.for !== 'gate') return [line(`${rows} · refreshing …`, WARN)];
  const since = (at: string): number => Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  const age = since(unchangedAt ?? preview.at);
  const limit = Math.floor(preview.freshForMs / 1000);
  const isStale = age > limit;
  const pinned: Span = span(`${rows} affected`, BOLD);
  const read = ` · read ${formatSeconds(since(preview.at) * 1000)} ago`;
  const again = unchangedAt === undefined ? '' : `, unchanged ${formatSeconds(age * 1000)} ago`;
  const valid = `, valid for ${formatSeconds(limit * 1000)}`;
  const rest = isStale ? ', expired: will be refreshed' : again === '' ? valid : '';
  return [[pinned, span(read + again + rest, isStale ? WARN : {})]];
}

/** Returns why the gate asks again, and what has changed since. */
function newsLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const { preview, refused, before, changes, unrefreshed } = gate;
  const isAsked = preview === undefined || view.awaited?.for === 'gate';
  const since = preview && before && isAsked ? rowsSince(before, preview) : undefined;
  return [
    ...(refused === undefined || !isAsked ? [] : wrapped(`confirm again: ${refused}`, width, WARN)),
    ...(changes === undefined ? [] : changedTexts(gate, changes)).flatMap((text) =>
      wrapped(text, width, WARN),
    ),
    ...(unrefreshed === undefined ? [] : wrapped(refreshedText(unrefreshed) ?? '', width, WARN)),
    ...(since === undefined ? [] : wrapped(`since then: ${since}`, width, BOLD)),
  ];
}

/** Returns how to undo the action, and warnings. */
function factLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const { warning, notRead } = gate;
  return [
    ...undoLines(view, gate, width),
    ...[warning, notRead].flatMap((said) =>
      said === undefined ? [] : wrapped(`! ${said}`, width, BOLD),
    ),
  ];
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
