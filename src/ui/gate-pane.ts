import { counted, countingDuration, EFFECT_WORD, itemText } from '../events/phrases.ts';
import { rowsSince } from '../events/rows-since.ts';
import type { GateView, RunView } from '../events/view.ts';
import { boxed } from './box.ts';
import { actionLines, actionStart } from './gate-action.ts';
import {
  ACCENT,
  BAD,
  BLANK,
  BOLD,
  type Line,
  line,
  lineWidth,
  rule,
  type Span,
  type Style,
  span,
  WARN,
  wrapped,
} from './line.ts';
import { fitPane, type Pane, scrollLimit } from './pane.ts';
import { inputLine, type TextInput } from './text-input.ts';
import { undoneLines } from './undone-lines.ts';

/** A gate lower than this says how it is undone in its details only. */
const LOW = 14;

/** What the gate needs besides the view. */
export type GateState = {
  readonly input: TextInput;
  readonly scroll: number;
  /** What the last key said, e.g. that the phrase is another one. */
  readonly notice: string | undefined;
  readonly now: number;
  /** False while something else is typed, e.g. a note. */
  readonly isFocused: boolean;
};

/** Returns the gate in its frame, exactly `height` lines. */
export function gateLines(
  view: RunView,
  gate: GateView,
  width: number,
  height: number,
  state: GateState,
): readonly Line[] {
  const pane = gatePane(view, gate, width - 4, state, height);
  const style: Style = gate.effect === 'destructive' ? BAD : WARN;
  const needed = pane.head.length + pane.body.length + pane.foot.length;
  const inside = Math.max(1, Math.min(needed, height - 2));
  const box = boxed(fitPane(pane, inside, state.scroll), width, {
    style,
    heavy: gate.effect === 'destructive',
    title: span(` ${EFFECT_WORD[gate.effect]} `, { ...style, bold: true, inverse: true }),
    note: `${gate.operator} on ${gate.action.where}`,
  });
  return [...box, ...Array.from({ length: Math.max(0, height - box.length) }, () => BLANK)];
}

/** Returns how far the middle of the gate can be scrolled. */
export function gateScrollLimit(
  view: RunView,
  gate: GateView,
  width: number,
  height: number,
  state: GateState,
): number {
  const whole = gatePane(view, gate, width - 4, { ...state, scroll: 1 }, height);
  return scrollLimit(whole, Math.max(1, height - 2));
}

function gatePane(
  view: RunView,
  gate: GateView,
  width: number,
  state: GateState,
  height: number,
): Pane {
  // Where it is low, what will run and what to beware of are more than how it could be undone.
  const isLow = height < LOW;
  const head = [
    line(gate.part === 'undo' ? `Undo: ${gate.title}` : gate.title, BOLD),
    ...(gate.item === undefined ? [] : wrapped(itemText(gate.item), width)),
  ];
  const foot = [
    ...(isLow ? [] : [rule(width)]),
    ...ageLines(view, gate, width, state.now),
    ...(isLow ? [] : undoLines(view, gate, width)),
    ...[gate.warning, gate.notRead].flatMap((said) =>
      said === undefined ? [] : wrapped(`! ${said}`, width, BOLD),
    ),
    ...answerLines(view, gate, width, state),
  ];
  return {
    head,
    // Whoever scrolls gets every line; before that, whom it hits is in sight.
    body:
      state.scroll > 0
        ? actionLines(gate, width)
        : actionStart(gate, width, height - 2 - head.length - foot.length),
    foot,
  };
}

/** How old the pinned rows are, counting up. */
function ageLines(view: RunView, gate: GateView, width: number, now: number): readonly Line[] {
  const { preview } = gate;
  if (preview === undefined) {
    const refused =
      gate.refused === undefined ? [] : wrapped(`asked again: ${gate.refused}`, width, WARN);
    return refused;
  }
  const rows = counted(preview.rows.length, 'row');
  if (view.awaited?.for !== 'gate') return [line(`${rows} · reading them again …`, WARN)];
  const age = Math.max(0, Math.floor((now - Date.parse(preview.at)) / 1000));
  const limit = Math.floor(preview.freshForMs / 1000);
  const isStale = age > limit;
  const pinned: Span = span(`${rows} pinned`, BOLD);
  const text = isStale
    ? ` · read ${ageText(age)} ago, too old: will be read again`
    : ` · read ${ageText(age)} ago, good for ${ageText(limit)}`;
  const since = gate.before === undefined ? undefined : rowsSince(gate.before, preview);
  return [
    [pinned, span(text, isStale ? WARN : {})],
    ...(gate.refused === undefined ? [] : wrapped(`asked again: ${gate.refused}`, width, WARN)),
    ...(since === undefined ? [] : wrapped(`since then: ${since}`, width, BOLD)),
  ];
}

function ageText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : countingDuration(seconds * 1000);
}

/** How it is undone; of an undo, what it takes back, and why. */
function undoLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const undoes = gate.part === 'undo' ? undoneLines(view, gate, width) : [];
  if (gate.undo === undefined) return undoes;
  const isWhole = gate.undo.startsWith('It can be undone');
  return [...undoes, ...wrapped(isWhole ? gate.undo : `undo: ${gate.undo}`, width)];
}

function answerLines(
  view: RunView,
  gate: GateView,
  width: number,
  state: GateState,
): readonly Line[] {
  if (view.awaited?.for !== 'gate' || view.awaited.can.length === 0) return [];
  const notice = state.notice === undefined ? [] : wrapped(state.notice, width, BAD);
  if (gate.level === 'key') {
    const yes = gate.simulated === true ? ' go on, a dry run: nothing is run   ' : ' run it   ';
    const keys: Line = [span('y', ACCENT), span(yes), span('Esc', ACCENT), span(' do not run it')];
    return [...notice, keys];
  }
  const ask = [span('Type '), span(gate.phrase ?? '', ACCENT), span(' to run it: ')];
  const focus = { focused: state.isFocused };
  return lineWidth(ask) + 12 > width
    ? [...notice, ask, inputLine(line('> '), state.input, width, focus)]
    : [...notice, inputLine(ask, state.input, width, focus)];
}
