/** A color of the terminal's palette. Red and magenta are legible on black and on white. */
type TerminalColour = 'red' | 'green' | 'magenta' | 'blue' | 'cyan';

/** The style of a role in a terminal. */
export type TerminalLook = {
  readonly color?: TerminalColour;
  readonly dim?: boolean;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
};

/** The styles of roles in a terminal. Color is never the only carrier of meaning. */
export const TERMINAL = {
  danger: { color: 'red' },
  warning: { color: 'magenta' },
  success: { color: 'green' },
  muted: { dim: true },
  strong: { bold: true },
  title: { bold: true, underline: true },
  emphasis: { italic: true },
  /** Keys, and the next position of the run. */
  accent: { bold: true },
  gutter: { color: 'blue' },
  code: { color: 'cyan' },
} as const satisfies Readonly<Record<string, TerminalLook>>;

/** The role of a text in a terminal. */
export type Role = keyof typeof TERMINAL;

/** The colors of pages and drawings: `text` for words, `line` for strokes and areas. */
export type Palette = {
  readonly [R in 'danger' | 'warning' | 'success' | 'question' | 'accent' | 'muted']: {
    readonly text: string;
    readonly line: string;
  };
} & {
  readonly [S in 'paper' | 'raised' | 'band' | 'ink' | 'detail' | 'border' | 'visited']: string;
} & { readonly mask: { readonly text: string; readonly line: string } };

/** The colors of pages and drawings in a light color scheme. */
export const LIGHT: Palette = {
  danger: { text: '#a40e26', line: '#cf222e' },
  warning: { text: '#7d4e00', line: '#9a6700' },
  success: { text: '#116329', line: '#1a7f37' },
  question: { text: '#6639ba', line: '#8250df' },
  accent: { text: '#0550ae', line: '#0969da' },
  muted: { text: '#57606a', line: '#6e7781' },
  mask: { text: '#633c01', line: '#fff1c2' },
  paper: '#fff',
  raised: '#f6f8fa',
  band: '#f3f4f6',
  ink: '#1f2328',
  detail: '#424a53',
  border: '#d0d7de',
  visited: '#ddf4ff',
};

/** The colors of pages and drawings in a dark color scheme. */
export const DARK: Palette = {
  danger: { text: '#ff7b72', line: '#f85149' },
  warning: { text: '#e3b341', line: '#d29922' },
  success: { text: '#56d364', line: '#3fb950' },
  question: { text: '#bc8cff', line: '#a371f7' },
  accent: { text: '#79c0ff', line: '#58a6ff' },
  muted: { text: '#9da7b3', line: '#8b949e' },
  mask: { text: '#f2cc60', line: '#3b2e05' },
  paper: '#0d1117',
  raised: '#161b22',
  band: '#161b22',
  ink: '#e6edf3',
  detail: '#c9d1d9',
  border: '#30363d',
  visited: '#0c2d6b',
};

/** The codes of the colors in escape sequences. */
export const COLOUR_CODES: Readonly<Record<TerminalColour, number>> = {
  red: 31,
  green: 32,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

/** The escape sequence that resets all colors and styles of a terminal. */
export const RESET = '\u001b[0m';

/** Returns the escape sequence that starts the style of some roles in a terminal. */
export function styleStart(...roles: readonly Role[]): string {
  return sequence(roles.flatMap((role) => codesOf(TERMINAL[role]).map(([start]) => start)));
}

/** Returns text in the style of a role. It resets only that style, not others around it. */
export function inStyle(role: Role, text: string): string {
  const ends = new Set(codesOf(TERMINAL[role]).map(([, end]) => end));
  return `${styleStart(role)}${text}${sequence([...ends])}`;
}

function sequence(codes: readonly number[]): string {
  return `\u001b[${codes.join(';')}m`;
}

/** The codes that start and end each part of a style. */
function codesOf(look: TerminalLook): readonly (readonly [start: number, end: number])[] {
  const { color, bold, dim, italic, underline } = look;
  return [
    ...(bold ? [[1, 22] as const] : []),
    ...(dim ? [[2, 22] as const] : []),
    ...(italic ? [[3, 23] as const] : []),
    ...(underline ? [[4, 24] as const] : []),
    ...(color === undefined ? [] : [[COLOUR_CODES[color], 39] as const]),
  ];
}
