import type { Key as InkKey } from 'ink';
import { EMPTY_INPUT, type TextInput } from '../keys/text-input.ts';
import { type Key, keysOf } from '../terminal/key.ts';
import type { Finding, StartChoice, StartPage } from './page.ts';

/** A text to classify as an error. */
export type ErrorBox = {
  readonly text: string;
  /** The finding of this text or of an earlier one; `of` is that text. */
  readonly found: { readonly of: string; readonly finding: Finding } | undefined;
  /** The index of the selected offer. */
  readonly cursor: number;
};

/** The state of the start page. */
export type StartState = {
  readonly search: TextInput;
  /** True while letters are typed into the search. */
  readonly isSearching: boolean;
  /** The key of the entry that Enter opens. */
  readonly selected: string | undefined;
  /** Undefined while the list is shown. */
  readonly box: ErrorBox | undefined;
  /** The environment in which to run a runbook; undefined for none. */
  readonly environment: string | undefined;
  /** The scroll position of the help; undefined while it is closed. */
  readonly help: number | undefined;
  /** Shown once, until the next key. */
  readonly notice: string | undefined;
  /** The time of the last text or keys that arrived in one piece, unmarked (ms since 1970). */
  readonly pieceAt: number | undefined;
};

/** The initial state: nothing is selected. */
export const START: StartState = {
  search: EMPTY_INPUT,
  isSearching: false,
  selected: undefined,
  box: undefined,
  environment: undefined,
  help: undefined,
  notice: undefined,
  pieceAt: undefined,
};

/** An empty box. */
export const EMPTY_BOX: ErrorBox = { text: '', found: undefined, cursor: 0 };

/** A key of the start page; a piece is text that arrived at once without being marked as pasted. */
export type StartKey = Key | { readonly name: 'piece'; readonly text: string };

/** The context of a key. */
export type StartContext = {
  readonly page: StartPage;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** True for a key that arrived in one piece of input with others. */
  readonly isOfSeveral?: boolean;
  /** The number of entries that a Page key moves by. */
  readonly pageSize: number;
  /** The scroll limit of the help. */
  readonly scrollLimit: number;
};

/** An effect of a key on the page. */
export type StartEffect =
  | { readonly type: 'classify'; readonly text: string }
  | { readonly type: 'choose'; readonly choice: StartChoice }
  | { readonly type: 'suspend' };

/** The state after a key, and its effect on the page. */
export type StartPressed = {
  readonly state: StartState;
  readonly effects: readonly StartEffect[];
};

/** Returns the state after classification; the finding of a text that left the box is dropped. */
export function withFinding(state: StartState, text: string, finding: Finding): StartState {
  if (state.box?.text !== text) return state;
  return { ...state, box: { text, found: { of: text, finding }, cursor: 0 } };
}

/** Returns the choice to run a runbook in the selected environment. */
export function runOf({ environment }: StartState, runbook: string): StartChoice {
  return { type: 'run', runbook, ...(environment === undefined ? {} : { environment }) };
}

/** The length above which one piece of input counts as pasted, even over a slow connection. */
const LONGEST_TYPED = 16;

/**
 * Returns the keys in one piece of terminal input. A line end among letters, or very many letters,
 * count as pasted if the terminal does not mark pastes: such an Enter must open nothing.
 */
export function startKeysOf(input: string, key: InkKey): readonly StartKey[] {
  const isText = !key.ctrl && !key.meta && !key.return && key.eventType !== 'release';
  const isPiece = input.length > LONGEST_TYPED || (input.length > 1 && /[\r\n]/.test(input));
  if (isText && isPiece) return [{ name: 'piece', text: input }];
  // A control key that arrived together with letters cannot be told from a part of them.
  return keysOf(input, key).filter((one) => one.name !== 'text' || !/\p{Control}/u.test(one.text));
}
