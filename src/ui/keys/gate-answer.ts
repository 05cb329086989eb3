import type { GateView, RunView } from '#events/view/run-view.ts';
import { ACCENT, BAD, type Line, line, lineWidth, span, WARN, wrapped } from '../draw/line.ts';
import { inputLine, type TextInput } from './text-input.ts';

/** The state of a gate besides the view. */
export type GateState = {
  readonly input: TextInput;
  readonly scroll: number;
  /** The notice about the last key, e.g. that the phrase is wrong. */
  readonly notice: string | undefined;
  readonly now: number;
  /** False while another input has the focus, e.g. a note. */
  readonly isFocused: boolean;
  /** The digest of the gate whose end was displayed. */
  readonly seenGate?: string | undefined;
};

/** Returns whether the end of a gate is or was displayed. A dry run has nothing to confirm. */
export function isSeen(
  { digest, simulated }: GateView,
  { scroll, seenGate }: Pick<GateState, 'scroll' | 'seenGate'>,
  scrollLimit: number,
): boolean {
  return scroll >= scrollLimit || seenGate === digest || simulated === true;
}

/** Returns how to answer a gate, in the same number of lines whether or not its end was `seen`. */
export function answerLines(
  view: RunView,
  gate: GateView,
  width: number,
  state: GateState,
  seen: boolean,
): readonly Line[] {
  if (view.awaited?.for !== 'gate' || view.awaited.can.length === 0) return [];
  const notice = state.notice === undefined ? [] : wrapped(state.notice, width, BAD);
  if (gate.level === 'key') {
    const yes = gate.simulated === true ? ' continue (dry run: nothing is run)   ' : ' run it   ';
    const no: Line = [span('Esc', ACCENT), span(' decline')];
    const first: Line = seen ? [] : [span('Space', ACCENT), span(' to the end, then ', WARN)];
    return [...notice, [...first, span('y', ACCENT), span(yes), ...no]];
  }
  const ask = [span('Type '), span(gate.phrase ?? '', ACCENT), span(' to run it: ')];
  const scrolls: Line = [span('Space', ACCENT), span(' to the end first', WARN)];
  const focus = { focused: state.isFocused };
  return lineWidth(ask) + lineWidth(scrolls) > width
    ? [...notice, ask, seen ? inputLine(line('> '), state.input, width, focus) : scrolls]
    : [...notice, seen ? inputLine(ask, state.input, width, focus) : [...ask, ...scrolls]];
}
