import type { Intent } from '#events/log/intent.ts';
import type { LiveOutput } from '#events/log/live.ts';
import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { ChoiceName } from '#events/wording/choices.ts';
import type { Block } from '../draw/block.ts';
import type { ListState } from './list.ts';
import { EMPTY_INPUT, type TextInput } from './text-input.ts';

/** The purpose of a text prompt. */
export type EntryFor =
  | { readonly type: 'note' }
  | { readonly type: 'adhoc'; readonly target: string }
  | { readonly type: 'choice'; readonly name: Exclude<ChoiceName, 'edit' | 'jump' | 'undo'> }
  | { readonly type: 'undo'; readonly step: string }
  | { readonly type: 'jump'; readonly step: string }
  | { readonly type: 'choose'; readonly clause: number | null };

/** An input of the run being edited. */
export type EditedInput = {
  readonly name: string;
  readonly secret: boolean;
  readonly before: string;
  readonly input: TextInput;
};

/** An overlay in front of the run, which receives the keys first. */
export type Overlay =
  | {
      readonly kind: 'entry';
      readonly for: EntryFor;
      readonly question: string;
      readonly required: boolean;
      readonly input: TextInput;
    }
  | {
      readonly kind: 'pager';
      readonly title: string;
      readonly blocks: readonly Block[];
      readonly scroll: number;
      /**
       * Tables are drawn at full width from this column on; if undefined they fit, or stand
       * upright.
       */
      readonly left?: number;
      /** The search query; empty before the first search. */
      readonly query: string;
      /** The line of the last match. */
      readonly hit?: number;
      /** The search being typed. */
      readonly search?: TextInput;
    }
  | ({ readonly kind: 'jump' } & ListState)
  /** The steps that can be undone, most recent first. */
  | ({ readonly kind: 'undo'; readonly steps: readonly string[] } & ListState)
  | {
      readonly kind: 'edit';
      readonly cursor: number;
      readonly fields: readonly EditedInput[];
    }
  /** The target of an ad-hoc command. */
  | ({ readonly kind: 'target'; readonly targets: readonly string[] } & ListState)
  /** The result of an ad-hoc command. */
  | { readonly kind: 'said'; readonly step: string; readonly scroll: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'leave' };

/** The state of the screen that is not part of the run: inputs and overlays. */
export type ScreenState = {
  readonly overlay: Overlay | undefined;
  /** The phrase or answer being typed in the pane. */
  readonly input: TextInput;
  /** False while letters are keys even though the pane has an input. */
  readonly isTyping: boolean;
  /** The index of the selected choice of a question. */
  readonly cursor: number;
  readonly scroll: number;
  /** The notice about the last key. */
  readonly notice: string | undefined;
  /** The time of a notice about a key that came too soon; it passes. */
  readonly noticeAt?: number | undefined;
  /** A key of what the run does or waits for; this state applies while it is the same. */
  readonly about: string;
  /** The last intent that moves the run: it is not sent twice until an event happens. */
  readonly sent: { readonly seq: number; readonly at: number } | undefined;
  /** The time of the last burst of keys that was not taken. */
  readonly burstAt?: number | undefined;
  /** The last typed letter and its time. */
  readonly typed: { readonly letter: string; readonly at: number } | undefined;
  /** Ctrl-C was pressed since the run last waited. */
  readonly isInterrupted: boolean;
  /** The digest of the gate whose end was displayed. */
  readonly seenGate?: string | undefined;
  /** The last key was typed before the question it would answer was displayed. */
  readonly isAhead?: boolean;
  /** The ad-hoc command whose result was shown last. */
  readonly said?: string | undefined;
};

/** How long a key that came too soon matters. */
const TOO_SOON_MS = 4_000;

/** Returns the state without a notice about a key that came too soon a while ago. */
export function withoutPassed(state: ScreenState, now: number): ScreenState {
  const { noticeAt } = state;
  if (noticeAt === undefined || now - noticeAt < TOO_SOON_MS) return state;
  return { ...state, notice: undefined, noticeAt: undefined, isAhead: false };
}

/** A text about a finished run. */
export type RunDocument = 'transcript' | 'postmortem';

/** An effect of a key on the screen. */
export type ScreenEffect =
  | { readonly type: 'send'; readonly intent: Intent }
  | { readonly type: 'exit' }
  /** Gives the terminal to the shell until the program returns to the foreground. */
  | { readonly type: 'suspend' }
  | { readonly type: 'read-output'; readonly files: readonly string[] }
  | { readonly type: 'read-document'; readonly document: RunDocument };

/** A state and the effects to carry out. */
export type Pressed = {
  readonly state: ScreenState;
  readonly effects: readonly ScreenEffect[];
};

/** Returns a state without effects. */
export function only(state: ScreenState): Pressed {
  return { state, effects: [] };
}

/** Returns a state, and an intent to send. */
export function send(state: ScreenState, intent: Intent): Pressed {
  return { state, effects: [{ type: 'send', intent }] };
}

/** Returns the state without its overlay. */
export function closed(state: ScreenState): ScreenState {
  return { ...state, overlay: undefined };
}

/** Returns the state after a key that an overlay does not know. */
export function unknownKey(state: ScreenState): Pressed {
  return only({ ...state, notice: 'Esc goes back' });
}

/** The context of a key. */
export type PressContext = {
  readonly view: RunView;
  /** The output so far of running actions. */
  readonly live: readonly LiveOutput[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** False for a key that was typed before the current question was on the terminal. */
  readonly isSeen: boolean;
  /** True for a key that arrived in one piece of input with others. */
  readonly isOfSeveral?: boolean;
  /** The layout width of the pager. */
  readonly columns: number;
  /** The number of lines that a page key scrolls. */
  readonly page: number;
  /** The scroll limit of the pane's middle; `Infinity` if its end cannot be displayed. */
  readonly scrollLimit: number;
  /** The scroll position displayed when the key was typed; that of the state if undefined. */
  readonly shownScroll?: number | undefined;
};

/** The initial state of a screen. */
export const OPENED: ScreenState = {
  overlay: undefined,
  input: EMPTY_INPUT,
  isTyping: true,
  cursor: 0,
  scroll: 0,
  notice: undefined,
  about: '',
  sent: undefined,
  typed: undefined,
  isInterrupted: false,
};

const WHOLE: readonly Overlay['kind'][] = ['pager', 'said'];

/** Returns whether an overlay hides the question of the run. */
export function fillsScreen(overlay: Overlay | undefined): boolean {
  return overlay !== undefined && WHOLE.includes(overlay.kind);
}

/** Returns the state for a view: drops what belongs to an earlier question, keeps a note. */
export function stateFor(state: ScreenState, view: RunView): ScreenState {
  const about = `${view.status} ${view.awaited?.seq ?? view.current ?? ''}`;
  const said = view.adhocShown;
  // A command that is no longer shown is not new.
  if (about === state.about && (said === undefined || said === state.said)) return state;
  const { overlay } = state;
  const isNote = overlay?.kind === 'entry' && overlay.for.type === 'note';
  const keeps = isNote || fillsScreen(overlay);
  const isNews = said !== undefined && said !== state.said && !isNote;
  const kept = keeps ? overlay : undefined;
  return {
    ...OPENED,
    overlay: isNews ? { kind: 'said', step: said, scroll: 0 } : kept,
    said: said ?? state.said,
    about,
    sent: state.sent,
    typed: state.typed,
    burstAt: state.burstAt,
    seenGate: state.seenGate,
    isAhead: state.isAhead === true,
    isInterrupted: view.status === 'running' && state.isInterrupted,
  };
}

/** Returns whether letters go to the pane's own input. */
export function typesInPane(state: ScreenState, view: RunView): boolean {
  const { awaited, gate } = view;
  if (isOpening(view)) return false;
  // Letters belong to the phrase even while the rows are refreshed.
  if (gate !== undefined) return gate.level === 'type';
  return awaited?.for === 'answer' && (awaited.choices ?? []).length === 0 && state.isTyping;
}

/** Returns whether letters are text: of an overlay's input, or of the pane's own. */
export function takesText(state: ScreenState, view: RunView): boolean {
  const { overlay } = state;
  if (overlay === undefined) return typesInPane(state, view);
  if (overlay.kind === 'entry' || overlay.kind === 'edit') return true;
  return 'search' in overlay && overlay.search !== undefined;
}
