import type { Operator } from './operator.ts';
import type { CellStyle } from './screen-cells.ts';
import type { OpenTerminal, Wanted } from './terminal.ts';
import { KEYS, type TerminalKey } from './terminal-keys.ts';

/** Where a story happens: the operator, the terminals that are open, and what they act on. */
export type Place = {
  readonly kim: Operator;
  /** The terminal whose screen is looked at: the one that was opened or turned to last. */
  readonly terminal: OpenTerminal;
  /** Starts the command in a new terminal of 80 by 24, beside those that are open. */
  readonly open: (args: readonly string[], operator?: string) => OpenTerminal;
  /** Turns to a terminal that was opened before, the first being 0. */
  readonly turnTo: (terminal: number) => void;
  /** Runs a statement on the shop's database as its superuser. */
  readonly query: (sql: string) => Promise<unknown>;
};

/** Something that leads to a screen: how it is written down, how it is done, and what it leads to. */
export type Move = {
  /** A key as it is called, a text that is typed, or what happens elsewhere. */
  readonly label: string;
  readonly kind: 'key' | 'text' | 'command' | 'event';
  readonly act: (place: Place) => unknown;
  readonly until: Wanted;
};

/** A state of the screen: its name, what an operator sees and can do, and what leads there. */
export type Scene = {
  readonly name: string;
  readonly says: string;
  readonly moves: readonly Move[];
  /** How texts on it look, which the document cannot show. */
  readonly looks?: Readonly<Record<string, Partial<CellStyle>>>;
  /** The document shows it in larger terminals as well. */
  readonly larger?: true;
  /** It is looked at in no other size: lines in the shell, or a terminal that is too small. */
  readonly asItIs?: true;
};

/** States of the screen that one operator goes through, one after the other. */
export type Story = {
  readonly name: string;
  readonly says: string;
  /** The database of the shop that it happens on; no two stories have the same. */
  readonly database: string;
  /** What is there before it begins. */
  readonly prepare?: (place: Pick<Place, 'kim' | 'query'>) => unknown;
  readonly scenes: readonly Scene[];
};

const KEY_NAMES = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  backspace: 'Backspace',
  up: '↑',
  down: '↓',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  'ctrl-c': 'Ctrl-C',
  'ctrl-d': 'Ctrl-D',
  'ctrl-n': 'Ctrl-N',
  'ctrl-r': 'Ctrl-R',
  'ctrl-u': 'Ctrl-U',
  'ctrl-z': 'Ctrl-Z',
  right: '→',
} as const satisfies { readonly [K in TerminalKey]: string };

/** A key is pressed; a letter is one as well. */
export function key(name: TerminalKey | (string & {}), until: Wanted): Move {
  const isNamed = Object.hasOwn(KEYS, name);
  return {
    label: isNamed ? KEY_NAMES[name as TerminalKey] : name,
    kind: 'key',
    act: ({ terminal }) => (isNamed ? terminal.press(name as TerminalKey) : terminal.type(name)),
    until,
  };
}

/** A text is typed. */
export function type(text: string, until: Wanted): Move {
  return { label: text, kind: 'text', act: ({ terminal }) => terminal.type(text), until };
}

/** The command is started. */
export function start(args: readonly string[], until: Wanted, operator?: string): Move {
  const who = operator === undefined ? '' : `${operator}: `;
  return {
    label: `${who}${['runbook', ...args].join(' ')}`,
    kind: 'command',
    act: ({ open }) => open(args, operator),
    until,
  };
}

/** The window is made another size. */
export function resize(columns: number, rows: number, until: Wanted): Move {
  const label = `the window is made ${columns} × ${rows}`;
  return happens(label, ({ terminal }) => terminal.resize(columns, rows), until);
}

/** Another terminal that is open is looked at. */
export function turnTo(label: string, terminal: number, until: Wanted): Move {
  return happens(label, (place) => place.turnTo(terminal), until);
}

/** Something happens that is no key of the operator. */
export function happens(label: string, act: Move['act'], until: Wanted): Move {
  return { label, kind: 'event', act, until };
}

/** Holds once a text has gone from the screen. */
export function gone(text: string): Wanted {
  return (screen) => !screen.includes(text);
}
