import type { RunView } from '#events/view/run-view.ts';
import { widthOf } from '#text/width.ts';
import { press } from '../keys/press.ts';
import type { PressContext, Pressed, ScreenState } from '../keys/screen-state.ts';
import { type Key, scrollBy } from '../terminal/key.ts';
import { drawFrame, type Frame, type FrameInput } from './frame.ts';
import { type Hint, hintLine } from './hint-line.ts';

/** The width of the last two keys and the spaces around the note. */
const KEYS_WIDTH = 22;

/** Draws a run that someone else operates: the same frame, with the keys of a watcher. Pure. */
export function drawWatched(input: FrameInput): Frame {
  const view = withoutAnswers(input.view);
  const frame = drawFrame({ ...input, view });
  if (input.state.overlay !== undefined) return frame;
  const keys = hintLine(hintsOf(frame), input.columns, noteOf(view, input.columns));
  return { ...frame, lines: frame.lines.with(-1, keys) };
}

/** Handles a key of a watcher: it displays, scrolls or leaves, and never sends an intent. */
export function pressWatched(state: ScreenState, key: Key, context: PressContext): Pressed {
  if (state.overlay !== undefined || isSuspend(key)) return looking(press(state, key, context));
  const by = scrollBy(key, context.page);
  if (by !== undefined) return { state: scrolled(state, by, context), effects: [] };
  if (isLeave(key)) return { state, effects: [{ type: 'exit' }] };
  if (key.name !== 'text' || (key.text !== 'o' && key.text !== 'd')) return { state, effects: [] };
  // With Ctrl the key also displays where a letter would be part of an answer.
  return looking(press(state, { name: 'ctrl', letter: key.text }, context));
}

/** Removes the answers, which a watcher cannot give. */
function withoutAnswers(view: RunView): RunView {
  const { awaited } = view;
  return awaited === undefined ? view : { ...view, awaited: { ...awaited, can: [] } };
}

/** In a narrow terminal, "read-only" takes precedence over the operator's name. */
function noteOf({ status, operator }: RunView, columns: number): string {
  const doing = status === 'waiting' ? 'is asked' : 'is running it';
  const whole = `read-only · ${operator} ${doing}`;
  const isShort = status === 'finished' || widthOf(whole) + KEYS_WIDTH > columns;
  return isShort ? 'read-only' : whole;
}

function hintsOf({ scrollLimit }: Frame): readonly Hint[] {
  const scrolls: readonly Hint[] = scrollLimit > 0 ? [['↑↓', 'scroll']] : [];
  return [...scrolls, ['o', 'output'], ['d', 'details'], ['q', 'leave']];
}

function looking({ state, effects }: Pressed): Pressed {
  return { state, effects: effects.filter(({ type }) => type !== 'send') };
}

function isSuspend(key: Key): boolean {
  return key.name === 'ctrl' && key.letter === 'z';
}

function isLeave(key: Key): boolean {
  if (key.name === 'ctrl') return key.letter === 'c' || key.letter === 'd';
  return key.name === 'text' && key.text === 'q';
}

function scrolled(
  state: ScreenState,
  by: number,
  { scrollLimit, view }: PressContext,
): ScreenState {
  // A tail scrolls away from its end, so the same key moves in the other direction.
  const direction = view.status === 'running' ? -1 : 1;
  const to = Math.min(state.scroll, scrollLimit) + direction * by;
  return { ...state, scroll: Math.max(0, Math.min(scrollLimit, to)) };
}
