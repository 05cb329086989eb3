/** What a terminal sends for keys that are no letters. */
export const KEYS = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  'page-up': '\u001b[5~',
  'page-down': '\u001b[6~',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
  'ctrl-n': '\u000e',
  'ctrl-r': '\u0012',
  'ctrl-u': '\u0015',
  'ctrl-z': '\u001a',
} as const;

/** A key that is no letter. */
export type TerminalKey = keyof typeof KEYS;
