import { EMPTY_INPUT, type TextInput } from '../keys/text-input.ts';
import type { Key } from '../terminal/key.ts';
import type { Finding, StartChoice, StartPage } from './page.ts';

/** A text that is looked at as an error. */
export type ErrorBox = {
  readonly text: string;
  /** What the text, or an earlier one, was found to be; `of` is that text. */
  readonly found: { readonly of: string; readonly finding: Finding } | undefined;
  /** Which offer is selected. */
  readonly cursor: number;
};

/** All that keys change on the start page. */
export type StartState = {
  readonly search: TextInput;
  /** The key of the entry that Enter opens. */
  readonly selected: string | undefined;
  /** Undefined while the list is shown. */
  readonly box: ErrorBox | undefined;
  /** The environment a runbook is run in; undefined for none. */
  readonly environment: string | undefined;
  readonly isHelp: boolean;
  /** Said once, until the next key. */
  readonly notice: string | undefined;
  /** When a text came in one piece without being marked as pasted (ms since 1970). */
  readonly pieceAt: number | undefined;
};

/** The page as it opens: nothing is selected. */
export const START: StartState = {
  search: EMPTY_INPUT,
  selected: undefined,
  box: undefined,
  environment: undefined,
  isHelp: false,
  notice: undefined,
  pieceAt: undefined,
};

/** A box with nothing in it. */
export const EMPTY_BOX: ErrorBox = { text: '', found: undefined, cursor: 0 };

/** A key of the start page; a piece is a text that came at once, as where pasting is not marked. */
export type StartKey = Key | { readonly name: 'piece'; readonly text: string };

/** What a key is pressed in. */
export type StartContext = {
  readonly page: StartPage;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How many entries a Page key goes over. */
  readonly pageSize: number;
};

/** What a key makes the page do. */
export type StartEffect =
  | { readonly type: 'classify'; readonly text: string }
  | { readonly type: 'choose'; readonly choice: StartChoice }
  | { readonly type: 'suspend' };

/** The state after a key, and what it makes the page do. */
export type StartPressed = {
  readonly state: StartState;
  readonly effects: readonly StartEffect[];
};

/** Returns the state when a text has been looked at; one that is no longer in the box is forgotten. */
export function withFinding(state: StartState, text: string, finding: Finding): StartState {
  if (state.box?.text !== text) return state;
  return { ...state, box: { text, found: { of: text, finding }, cursor: 0 } };
}

/** Returns the choice to run a runbook in the environment that is set. */
export function runOf({ environment }: StartState, runbook: string): StartChoice {
  return { type: 'run', runbook, ...(environment === undefined ? {} : { environment }) };
}
