import type { GateView, RunView } from '#events/view/run-view.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { isPhrase } from '#runbook/model/confirm-phrase.ts';
import { MOST_DIGITS } from '../draw/menu.ts';
import type { Key } from '../terminal/key.ts';
import { openCommand } from './command.ts';
import { isSeen } from './gate-answer.ts';
import { cursorAfter } from './list.ts';
import { openChoice } from './open-overlay.ts';
import { only, type PressContext, type Pressed, type ScreenState, send } from './screen-state.ts';
import { edit, textOf } from './text-input.ts';

/** The key repeat interval: a held key repeats within it, the first time after half a second. */
const HELD_MS = 700;
const UNSEEN = 'Not accepted: scroll to the end first, with Space or ↓.';
const TOO_SMALL = 'Not accepted: make the terminal at least 60 columns by 15 rows.';
const HELD =
  'Not confirmed: y came within 0.7 s of the last one, as from a key held down. Wait a second, then press y.';
const HELD_DIGIT = 'Not answered: the same digit came within 0.7 s. Wait a second, then press it.';

/** Returns whether an Enter follows a digit that has just answered, and was meant for that answer. */
export function followsDigit({ typed, sent }: ScreenState, key: Key, now: number): boolean {
  if (key.name !== 'enter' || typed === undefined || sent?.at !== typed.at) return false;
  return /^[1-9]$/.test(typed.letter) && now - typed.at < HELD_MS;
}

/** Handles a key in a gate's phrase or an answer; `undefined` if the key applies to neither. */
export function pressInput(
  state: ScreenState,
  key: Key,
  context: PressContext,
): Pressed | undefined {
  const { awaited, gate } = context.view;
  if (awaited?.for === 'gate' && gate !== undefined) return pressGate(state, key, gate, context);
  if (awaited?.for !== 'answer') return undefined;
  const choices = awaited.choices ?? [];
  if (choices.length > 0) return pressChoices(state, key, choices, context.now);
  return pressText(state, key, awaited.input !== undefined);
}

function pressGate(
  state: ScreenState,
  key: Key,
  gate: GateView,
  context: PressContext,
): Pressed | undefined {
  const { view, now } = context;
  if (key.name === 'escape') return pick(state, 'decline', view);
  if (key.name === 'ctrl' && key.letter === 'r') return pick(state, 'refresh', view);
  if (key.name === 'ctrl' && key.letter === 'l') return pick(state, 'leave-out', view);
  const hidden = hiddenBy(state, key, gate, context);
  if (hidden !== undefined) return hidden;
  if (gate.level === 'key') {
    if (key.name === 'text' && key.text === 'y') {
      if (isHeld(state, key.text, now)) return only({ ...state, notice: HELD });
      const intent = { type: 'confirm', digest: gate.digest } as const;
      return send(state, intent);
    }
    return undefined;
  }
  if (key.name === 'enter') return confirmTyped(state, gate);
  if (asksForCommand(state, key, gate)) return openCommand(state, view);
  return typePhrase(state, key);
}

function typePhrase(state: ScreenState, key: Key): Pressed | undefined {
  // The Space that scrolled to the end may repeat once; no phrase starts with one.
  const isBlank = key.name === 'text' && key.text === ' ' && textOf(state.input) === '';
  if (scrollsBack(state, key)) return undefined;
  const input = isBlank ? state.input : edit(state.input, key);
  return input === undefined ? undefined : only({ ...state, input });
}

/** Ctrl-U deletes what was typed; before that it scrolls. */
function scrollsBack({ input }: ScreenState, key: Key): boolean {
  return key.name === 'ctrl' && key.letter === 'u' && textOf(input) === '';
}

/** Blocks the confirmation of a gate until its end was displayed; Space scrolls there. */
function hiddenBy(
  state: ScreenState,
  key: Key,
  gate: GateView,
  { view, page, scrollLimit, shownScroll = state.scroll }: PressContext,
): Pressed | undefined {
  const said = (notice: string): Pressed => only({ ...state, notice });
  const isText = key.name === 'text' || key.name === 'paste';
  const confirms =
    gate.level === 'key' ? key.name === 'text' && key.text === 'y' : isText || key.name === 'enter';
  if (!Number.isFinite(scrollLimit)) return confirms ? said(TOO_SMALL) : undefined;
  const shown = { scroll: shownScroll, seenGate: state.seenGate };
  if (isSeen(gate, shown, scrollLimit)) return undefined;
  if (key.name === 'text' && key.text === ' ')
    return only({ ...state, scroll: Math.min(scrollLimit, state.scroll + page) });
  if (key.name === 'end') return only({ ...state, scroll: scrollLimit });
  if (asksForCommand(state, key, gate)) return openCommand(state, view);
  return confirms ? said(UNSEEN) : undefined;
}

function isHeld({ typed }: ScreenState, letter: string, now: number): boolean {
  return typed?.letter === letter && now - typed.at < HELD_MS;
}

/** At the start of a phrase `!` opens a command, unless the phrase itself starts with it. */
function asksForCommand(state: ScreenState, key: Key, { phrase = '' }: GateView): boolean {
  const isFirst = key.name === 'text' && key.text === '!' && textOf(state.input) === '';
  return isFirst && !phrase.startsWith('!');
}

function confirmTyped(state: ScreenState, gate: GateView): Pressed {
  const phrase = textOf(state.input);
  if (!isPhrase(phrase, gate.phrase)) {
    const said =
      phrase === '' ? `type ${gate.phrase ?? ''} first` : `“${phrase}” is not the phrase`;
    return only({ ...state, notice: `Nothing was run: ${said}.` });
  }
  return send(state, { type: 'confirm', digest: gate.digest, phrase });
}

/** A digit answers at once; where an answer may have two digits, it only moves to that answer. */
function pressChoices(
  state: ScreenState,
  key: Key,
  choices: readonly string[],
  now: number,
): Pressed | undefined {
  if (key.name === 'text' && /^[0-9]$/.test(key.text)) {
    const number = Number(key.text);
    const choice = choices[number - 1];
    if (choice === undefined) return only({ ...state, notice: `There is no answer ${number}.` });
    if (choices.length > MOST_DIGITS) return only({ ...state, cursor: number - 1 });
    if (isHeld(state, key.text, now)) return only({ ...state, notice: HELD_DIGIT });
    return answer({ ...state, cursor: number - 1 }, choice);
  }
  const at = cursorAfter(key, state.cursor, choices.length);
  if (at !== undefined) return only({ ...state, cursor: at });
  if (key.name !== 'enter') return undefined;
  return answer(state, choices[state.cursor] ?? '');
}

function pressText(state: ScreenState, key: Key, canBeEmpty: boolean): Pressed | undefined {
  if (!state.isTyping) {
    const focuses = key.name === 'enter' || key.name === 'tab';
    return focuses ? only({ ...state, isTyping: true }) : undefined;
  }
  if (key.name === 'escape') return only({ ...state, isTyping: false });
  if (key.name === 'enter') {
    const text = textOf(state.input);
    if (text !== '' || canBeEmpty) return answer(state, text);
    return only({ ...state, notice: 'type an answer first' });
  }
  if (scrollsBack(state, key)) return undefined;
  const input = edit(state.input, key);
  return input === undefined ? undefined : only({ ...state, input });
}

function answer(state: ScreenState, value: string): Pressed {
  return send(state, { type: 'answer', value });
}

function pick(
  state: ScreenState,
  name: 'decline' | 'refresh' | 'leave-out',
  view: RunView,
): Pressed | undefined {
  const choice = choicesOf(view).find((one) => one.name === name);
  return choice === undefined ? undefined : openChoice(state, choice, view);
}
