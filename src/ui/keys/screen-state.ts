import type { Intent } from '#events/log/intent.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { ChoiceName } from '#events/wording/choices.ts';
import type { Block } from '../draw/block.ts';
import { EMPTY_INPUT, type TextInput } from './text-input.ts';

/** What a line of text is asked for. */
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

/** Something in front of the run, which gets the keys first. */
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
      /** Tables are drawn as wide as they are, seen from this column on; else they fit, or stand upright. */
      readonly left?: number;
      /** What is looked for; empty before the first search. */
      readonly query: string;
      /** The line that was found last. */
      readonly hit?: number;
      /** The search being typed. */
      readonly search?: TextInput;
    }
  | { readonly kind: 'help'; readonly scroll: number }
  | { readonly kind: 'jump'; readonly cursor: number }
  /** What can be undone, what was done last comes first. */
  | { readonly kind: 'undo'; readonly steps: readonly string[]; readonly cursor: number }
  | {
      readonly kind: 'edit';
      readonly cursor: number;
      readonly fields: readonly EditedInput[];
    }
  /** Where a command of one's own is to run. */
  | { readonly kind: 'target'; readonly targets: readonly string[]; readonly cursor: number }
  /** What such a command said. */
  | { readonly kind: 'said'; readonly step: string; readonly scroll: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'leave' };

/** What the screen knows that the run does not: what is being typed, and what is in front. */
export type ScreenState = {
  readonly overlay: Overlay | undefined;
  /** The phrase or answer being typed in the pane. */
  readonly input: TextInput;
  /** False while letters are keys although the pane has an input. */
  readonly isTyping: boolean;
  /** The choice of a question the cursor is on. */
  readonly cursor: number;
  readonly scroll: number;
  /** What the last key said. */
  readonly notice: string | undefined;
  /** What the run does or waits for, as far as this state belongs to it. */
  readonly about: string;
  /** The last intent that moves the run: until something happens, it is not sent twice. */
  readonly sent: { readonly seq: number; readonly at: number } | undefined;
  /** The letter that was typed last, and when. */
  readonly typed: { readonly letter: string; readonly at: number } | undefined;
  /** Ctrl-C was pressed since the run last waited. */
  readonly isInterrupted: boolean;
  /** The digest of the gate whose end was on the screen. */
  readonly seenGate?: string | undefined;
  /** The last key was typed before what it would answer was on the screen. */
  readonly isAhead?: boolean;
  /** The command of one's own whose result was shown last. */
  readonly said?: string | undefined;
};

/** Something a key makes the screen do. */
export type ScreenEffect =
  | { readonly type: 'send'; readonly intent: Intent }
  | { readonly type: 'exit' }
  /** Give the terminal back to the shell until the program is brought to the front again. */
  | { readonly type: 'suspend' }
  | { readonly type: 'read-output'; readonly files: readonly string[] };

/** A state and what has to be done. */
export type Pressed = {
  readonly state: ScreenState;
  readonly effects: readonly ScreenEffect[];
};

/** What a key can be about. */
export type PressContext = {
  readonly view: RunView;
  /** What runs now has printed. */
  readonly live: readonly LiveOutput[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** False for a key that was typed before what the run waits for was on the terminal. */
  readonly isSeen: boolean;
  /** The width text is laid out for in the pager. */
  readonly columns: number;
  /** Lines a page key moves by. */
  readonly page: number;
  /** How far the middle of the pane can be scrolled; `Infinity` where its end cannot be seen here. */
  readonly scrollLimit: number;
  /** How far it was scrolled when the key was typed; as the state says when left out. */
  readonly shownScroll?: number | undefined;
};

/** The state of a screen that has just opened. */
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

const WHOLE: readonly Overlay['kind'][] = ['pager', 'help', 'said'];

/** Returns whether an overlay hides what the run waits for. */
export function fillsScreen(overlay: Overlay | undefined): boolean {
  return overlay !== undefined && WHOLE.includes(overlay.kind);
}

/** Returns the state for a view: what belongs to an earlier question is dropped, a note goes on. */
export function stateFor(state: ScreenState, view: RunView): ScreenState {
  const about = `${view.status} ${view.awaited?.seq ?? view.current ?? ''}`;
  const said = view.adhocShown;
  // A command that is shown no longer is no news.
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
    seenGate: state.seenGate,
    isAhead: state.isAhead === true,
    isInterrupted: view.status === 'running' && state.isInterrupted,
  };
}

/** Returns whether letters go into the pane's own input. */
export function typesInPane(state: ScreenState, view: RunView): boolean {
  const { awaited, gate } = view;
  // Also while its rows are read again, letters are meant for the phrase.
  if (gate !== undefined) return gate.level === 'type';
  return awaited?.for === 'answer' && (awaited.choices ?? []).length === 0 && state.isTyping;
}
