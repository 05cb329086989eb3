import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { type Cell, type CellStyle, cellsOf, styleOf } from './screen-cells.ts';
import { KEYS, type TerminalKey } from './terminal-keys.ts';

/** What runs in a terminal, and how large the terminal is. */
export type TerminalOptions = {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the program; nothing of ours is added but `TERM` and `PWD`. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** @default 80 */
  readonly columns?: number;
  /** @default 24 */
  readonly rows?: number;
};

/** How a program ended: `signal` is 0 when it ended by itself. */
export type TerminalExit = { readonly code: number; readonly signal: number };

/** What a test may wait for on the screen. */
export type Wanted = string | RegExp | ((screen: string) => boolean);

const PATIENCE_MS = 60_000;
const AGAIN_MS = 750;
/** The mode that a program sets where a frame begins and takes back where it is whole. */
const FRAME = 2026;
/** Enter does not close a page that has just appeared. */
const JUST_ENDED_MS = 1_100;
/** What follows keys that came at once is taken with them. */
const BURST_MS = 350;

/** A program in a pseudo-terminal, and the screen it draws there. */
export class OpenTerminal {
  /** Resolves when the program has ended and all it wrote is on the screen. */
  readonly exited: Promise<TerminalExit>;
  readonly #pty: IPty;
  readonly #screen: xterm.Terminal;
  readonly #watchers = new Set<() => void>();
  readonly #modes = new Map<number, boolean>();
  #received = '';
  #yesAt = Number.NEGATIVE_INFINITY;
  /** What is typed a little later, in its order. */
  readonly #held: string[] = [];
  /** The last whole frame, while the next one is being drawn in pieces. */
  #wholeFrame: readonly string[] | undefined;
  #exit: TerminalExit | undefined;

  constructor(options: TerminalOptions) {
    const { file, args, env, cwd, columns = 80, rows = 24 } = options;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#watchModes();
    this.#pty = spawn(file, [...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      env: { ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    // What a program asks its terminal, the terminal answers.
    this.#screen.onData((answer) => this.#write(answer));
    this.#pty.onData((data) => {
      this.#received += data;
      this.#screen.write(data, () => this.#tell());
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal = 0 }) => {
        this.#screen.write('', () => {
          this.#exit = { code: exitCode, signal };
          resolve(this.#exit);
          this.#tell();
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Everything the program has written, as it came. */
  get received(): string {
    return this.#received;
  }

  /** True once the program has ended. */
  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** True while the program draws on the alternate screen, which leaves no trace. */
  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get isCursorVisible(): boolean {
    return this.#modes.get(25) ?? true;
  }

  /** Returns the last whole frame, a string a line, without the spaces at its end. */
  lines(): readonly string[] {
    return (this.#isDrawing && this.#wholeFrame) || this.#linesNow();
  }

  /** True inside a frame: a program that draws one in pieces says when it is whole. */
  get #isDrawing(): boolean {
    return this.#screen.modes.synchronizedOutputMode && !this.hasExited;
  }

  #linesNow(): readonly string[] {
    const { active } = this.#screen.buffer;
    const rows = Array.from({ length: this.#screen.rows }, (_, row) => active.baseY + row);
    // A line that was longer before the terminal was made narrower keeps what nobody sees.
    const shown = [0, this.#screen.cols] as const;
    return rows.map((row) => active.getLine(row)?.translateToString(true, ...shown) ?? '');
  }

  /** Returns the last whole frame as one text. */
  text(): string {
    return this.lines().join('\n');
  }

  /** Returns what stays when the program is gone: the normal screen and what has scrolled out of it. */
  history(): string {
    const { normal } = this.#screen.buffer;
    const lines: string[] = [];
    for (let row = 0; row < normal.length; row += 1) {
      const line = normal.getLine(row);
      const text = line?.translateToString(true) ?? '';
      // What the terminal broke because it was too long is one line to whoever copies it.
      if (line?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
      else lines.push(text);
    }
    return lines.join('\n').trimEnd();
  }

  /** Returns every cell of what is shown now. */
  cells(): readonly (readonly Cell[])[] {
    return cellsOf(this.#screen);
  }

  /** Returns how the first occurrence of a text looks, or `undefined` when it is not shown. */
  styleOf(text: string): CellStyle | undefined {
    return styleOf(this.cells(), text);
  }

  /** Resolves with the screen once it shows what is wanted; rejects, with the screen, when it does not. */
  async waitFor(wanted: Wanted, timeoutMs = PATIENCE_MS): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      if (this.#isDrawing) return;
      const screen = this.text();
      if (matches(wanted, screen)) resolve(screen);
      else if (this.#exit !== undefined) {
        reject(new Error(`the program ended (${JSON.stringify(this.#exit)}) ${this.#not(wanted)}`));
      }
    };
    const giveUp = (): void =>
      reject(new Error(`after ${timeoutMs} ms the screen is ${this.#not(wanted)}`));
    const timer = setTimeout(giveUp, timeoutMs);
    this.#watchers.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Types a text as a person would; what answers an Enter or an Escape has to be awaited in between. */
  type(text: string): void {
    this.#paced(text);
  }

  press(key: TerminalKey): void {
    this.#paced(KEYS[key]);
  }

  /** Scrolls a gate to its end, Space by Space; types nothing where its end is in sight. */
  async toTheEnd(): Promise<void> {
    let screen = await this.waitFor(/ to run it: | y run it/);
    while (screen.includes('Space to the end')) {
      const before = screen;
      this.type(' ');
      screen = await this.waitFor((now) => now !== before && /to run it: | y run it/.test(now));
    }
  }

  /** Changes the size of the terminal; the program is told, as by a window that is dragged. */
  resize(columns: number, rows: number): void {
    this.#wholeFrame = undefined;
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Sends the program a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#pty.kill(signal);
  }

  /** Closes the terminal under the program, as a lost connection does. */
  hangUp(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Ends the program if it still runs. */
  async close(): Promise<void> {
    if (!this.hasExited) this.kill('SIGKILL');
    await this.exited;
    this.#screen.dispose();
  }

  /** Types at once, but a second `y` on a screen as slowly as a person: a faster one is a key held down. */
  #paced(text: string): void {
    const now = performance.now();
    const onScreen = this.#screen.buffer.active.type === 'alternate';
    const isClosing = text === KEYS.enter && onScreen && this.text().includes('⏎ close');
    const followsBurst = onScreen && this.text().includes('Several keys at once');
    const wait = isClosing
      ? JUST_ENDED_MS
      : followsBurst
        ? BURST_MS
        : text === 'y' && onScreen
          ? this.#yesAt + AGAIN_MS - now
          : 0;
    if (text === 'y') this.#yesAt = now + Math.max(0, wait);
    if (this.#held.length > 0) this.#held.push(text);
    else if (wait <= 0) this.#write(text);
    else {
      this.#held.push(text);
      setTimeout(() => this.#write(this.#held.splice(0).join('')), wait);
    }
  }

  #write(data: string): void {
    if (!this.hasExited) this.#pty.write(data);
  }

  #not(wanted: Wanted): string {
    const what = typeof wanted === 'function' ? wanted.toString() : String(wanted);
    return `without ${what}:\n${this.text()}`;
  }

  #tell(): void {
    for (const look of this.#watchers) look();
  }

  #watchModes(): void {
    for (const [final, on] of [
      ['h', true],
      ['l', false],
    ] as const) {
      this.#screen.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        // The handler of the terminal itself comes after this one: what is shown is the frame before.
        if (on && modes.includes(FRAME) && !this.#isDrawing) this.#wholeFrame = this.#linesNow();
        for (const mode of modes.flat()) this.#modes.set(mode, on);
        return false;
      });
    }
  }
}

function matches(wanted: Wanted, screen: string): boolean {
  if (typeof wanted === 'string') return screen.includes(wanted);
  return typeof wanted === 'function' ? wanted(screen) : wanted.test(screen);
}
