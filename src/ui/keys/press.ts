import type { Intent } from '#events/log/intent.ts';
import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import { choicesOf, intentOf } from '#events/wording/choices.ts';
import { isOffered } from '#events/wording/undecided.ts';
import type { Key } from '../terminal/key.ts';
import { isOfBurst, SEVERAL_KEYS } from './burst.ts';
import { openCommand } from './command.ts';
import { followsDigit, pressInput } from './input.ts';
import { motionOf, movedBy } from './motion.ts';
import {
  openChoice,
  openEntry,
  openSearch,
  showDetails,
  showDocument,
  showHelp,
  showOutput,
} from './open-overlay.ts';
import { pressOverlay } from './overlay.ts';
import {
  only,
  type PressContext,
  type Pressed,
  type ScreenState,
  send,
  takesText,
  typesInPane,
} from './screen-state.ts';

/** The time within which an intent is not sent twice unless an event happened in between. */
const AGAIN_AFTER_MS = 1_000;

/** Shown for a key that does nothing here. */
const UNKNOWN_KEY = '? for keys';
const TYPED_AHEAD = 'Ignored: this has only just appeared. Read it, then press again.';
const ANSWERED = 'Ignored: the digit has answered already.';
const JUST_ENDED = 'Ignored: the run has just ended.';
const REST_OF_IT = 'Ignored: it follows a key that was not taken. Press it again.';

/** Returns the state after a key and its effects on the screen. */
export function press(state: ScreenState, key: Key, context: PressContext): Pressed {
  const quiet: ScreenState = { ...state, notice: undefined, noticeAt: undefined };
  if (key.name === 'ctrl' && key.letter === 'z') {
    return { state: quiet, effects: [{ type: 'suspend' }] };
  }
  const notice = refusalOf(state, key, context);
  if (notice !== undefined) {
    const burstAt = notice === SEVERAL_KEYS ? context.now : state.burstAt;
    const isAhead = notice !== REST_OF_IT && key.name !== 'enter';
    const noticeAt = context.now;
    return withLetter(only({ ...state, notice, noticeAt, isAhead, burstAt }), key, noticeAt);
  }
  if (quiet.overlay === undefined && followsDigit(state, key, context.now))
    return only({ ...state, notice: ANSWERED, noticeAt: context.now });
  const pressed =
    quiet.overlay === undefined
      ? pressRun(quiet, key, context)
      : pressOverlay(quiet, quiet.overlay, key, context);
  return guarded(state, withLetter(noted(quiet, pressed, key, context), key, context.now), context);
}

/** Returns why a key is not taken at all, or `undefined`. */
function refusalOf(state: ScreenState, key: Key, context: PressContext): string | undefined {
  const isOnRun = state.overlay === undefined;
  if (isOnRun && !context.isSeen && key.name !== 'ctrl') return TYPED_AHEAD;
  const isText = takesText(state, context.view);
  if (!isText && isOfBurst(key, context, state.burstAt)) return SEVERAL_KEYS;
  // The Enter after a rejected key was meant for that key.
  return isOnRun && state.isAhead === true && key.name === 'enter' ? REST_OF_IT : undefined;
}

/** Records that the end of the gate was displayed, and that a key was not taken. */
function noted(
  before: ScreenState,
  { state, effects }: Pressed,
  key: Key,
  { view, scrollLimit, shownScroll = before.scroll }: PressContext,
): Pressed {
  const { gate } = view;
  const isShown = before.overlay === undefined && gate !== undefined;
  const seenGate = isShown && shownScroll >= scrollLimit ? gate.digest : before.seenGate;
  const isIdle = effects.length === 0 && state.overlay === before.overlay;
  // A notice says why: there is no such answer, or the digit came again too soon.
  const isIgnored = isIdle && (view.status === 'running' || state.notice !== undefined);
  const isAhead = isIgnored && key.name === 'text';
  return { state: { ...state, seenGate, isAhead }, effects };
}

/** Records the letter and its time, so that repeats of a held key can be recognized. */
function withLetter(pressed: Pressed, key: Key, now: number): Pressed {
  const typed = key.name === 'text' ? { letter: key.text, at: now } : undefined;
  return { ...pressed, state: { ...pressed.state, typed } };
}

/** Prevents a second Enter from answering a question that the first one answered. */
function guarded(before: ScreenState, pressed: Pressed, { view, now }: PressContext): Pressed {
  const starts = isOpening(view);
  const isAnswer = pressed.effects.some(
    (effect) => effect.type === 'send' && (starts || moves(effect.intent, view)),
  );
  if (!isAnswer) return pressed;
  const { sent } = before;
  if (sent !== undefined && sent.seq === view.seq && now - sent.at < AGAIN_AFTER_MS) {
    return { state: before, effects: [] };
  }
  return { ...pressed, state: { ...pressed.state, sent: { seq: view.seq, at: now } } };
}

/** To leave a run of a team changes nothing of it. */
function moves({ type }: Intent, { ofTeam }: RunView): boolean {
  return !['note', 'auto', 'stop', 'cancel'].includes(type) && !(type === 'leave' && ofTeam);
}

function pressRun(state: ScreenState, key: Key, context: PressContext): Pressed {
  const { view } = context;
  const isOpen = isOpening(view);
  if (key.name === 'ctrl') {
    const pressed = pressControl(state, key.letter, context);
    if (pressed !== undefined) return pressed;
  }
  const pressed = isOpen ? undefined : pressInput(state, key, context);
  if (pressed !== undefined) return pressed;
  const scrolled = scroll(state, key, context);
  if (scrolled !== undefined) return only(scrolled);
  return typesInPane(state, view)
    ? pressWhileTyping(state, key, context)
    : pressLetter(state, key, context);
}

/** Tab is no part of a phrase or an answer. */
function pressWhileTyping(state: ScreenState, key: Key, { view }: PressContext): Pressed {
  return key.name === 'tab' ? showDetails(state, view) : only(state);
}

/** Handles the keys that also work where letters are text. */
function pressControl(
  state: ScreenState,
  letter: string,
  context: PressContext,
): Pressed | undefined {
  switch (letter) {
    case 'c':
      return pressStop(state, context.view);
    case 'n':
    case 'o':
      return pressLook(state, letter, context);
    default:
      return undefined;
  }
}

function pressStop(state: ScreenState, view: RunView): Pressed {
  if (view.status === 'finished') return { state, effects: [{ type: 'exit' }] };
  // Whoever presses it by habit does not stop what others rely on.
  const asks = view.status === 'waiting' || view.ofTeam === true;
  if (asks) return only({ ...state, overlay: { kind: 'stop' } });
  const type = state.isInterrupted || view.stopping ? 'cancel' : 'stop';
  return send({ ...state, isInterrupted: true }, { type });
}

/** Handles the keys that only display or write and always work; `undefined` for other letters. */
function pressLook(
  state: ScreenState,
  letter: string,
  { view, live, columns }: PressContext,
): Pressed | undefined {
  switch (letter) {
    case 'n':
      return view.status === 'finished'
        ? undefined
        : only(openEntry(state, { type: 'note' }, 'Note', true));
    case 'o':
      return showOutput(state, view, live);
    case 'd':
      return showDetails(state, view);
    case '/':
      return openSearch(state, view, live, columns);
    case '?':
      return showHelp(state, view, columns);
    default:
      return undefined;
  }
}

function pressLetter(state: ScreenState, key: Key, context: PressContext): Pressed {
  const { view } = context;
  // Tab is the key that also works where letters are text.
  if (key.name === 'tab') return showDetails(state, view);
  const letter = letterOf(key);
  if (letter === undefined) return only({ ...state, notice: UNKNOWN_KEY });
  const looked = pressLook(state, letter, context);
  if (looked !== undefined) return looked;
  switch (view.status) {
    case 'finished':
      return pressFinished(state, letter, context);
    case 'running':
      return pressRunning(state, letter, view);
    case 'waiting':
      return letter === '!' ? openCommand(state, view) : pressChoice(state, letter, view);
    case 'paused':
      return only(state);
  }
}

function pressRunning(state: ScreenState, letter: string, view: RunView): Pressed {
  if (letter === 'a' && view.auto) return send(state, intentOf('auto', view, ''));
  if (letter === 'q' && view.ofTeam) return send(state, { type: 'leave' });
  return only({ ...state, notice: UNKNOWN_KEY });
}

/** The time after its end in which Enter does not close a run: it was meant for what was there before. */
const JUST_ENDED_MS = 1_000;

function pressFinished(state: ScreenState, letter: string, { view, now }: PressContext): Pressed {
  const isNew = now - Date.parse(view.endedAt ?? '') < JUST_ENDED_MS;
  if (letter === '⏎' && isNew) return only({ ...state, notice: JUST_ENDED });
  if (letter === 'q' || letter === '⏎') return { state, effects: [{ type: 'exit' }] };
  if (letter === 't') return showDocument(state, 'transcript');
  if (letter === 'p') return showDocument(state, 'postmortem');
  return only({ ...state, notice: UNKNOWN_KEY });
}

function letterOf(key: Key): string | undefined {
  if (key.name === 'enter') return '⏎';
  return key.name === 'text' ? key.text : undefined;
}

function pressChoice(state: ScreenState, letter: string, view: RunView): Pressed {
  if (view.awaited?.for === 'decision' && /^[0-9]$/.test(letter)) {
    return pressClause(state, Number(letter), view);
  }
  // `a` means the same here as later: reads run by themselves.
  const asked = letter === 'a' && isOpening(view) ? '⏎' : letter;
  const choice = choicesOf(view).find((one) => one.key === asked);
  if (choice !== undefined) return openChoice(state, choice, view);
  return only({ ...state, notice: letter === '⏎' ? 'choose with a letter' : UNKNOWN_KEY });
}

function pressClause(state: ScreenState, number: number, view: RunView): Pressed {
  const clause = number === 0 ? null : number - 1;
  const { awaited } = view;
  if (awaited?.can.includes('choose') !== true || !isOffered(awaited, clause)) return only(state);
  return only(openEntry(state, { type: 'choose', clause }, 'Why this branch?', true));
}

function scroll(state: ScreenState, key: Key, context: PressContext): ScreenState | undefined {
  const { view, page, scrollLimit } = context;
  const motion = motionOf(key, page, { letters: !typesInPane(state, view) });
  if (motion === undefined) return undefined;
  if (!Number.isFinite(scrollLimit)) return state;
  if (view.status !== 'running')
    return { ...state, scroll: movedBy(motion, state.scroll, scrollLimit) };
  // A tail scrolls away from its end, so the same key moves in the other direction.
  const fromEnd = movedBy(motion, scrollLimit - Math.min(state.scroll, scrollLimit), scrollLimit);
  return { ...state, scroll: scrollLimit - fromEnd };
}
