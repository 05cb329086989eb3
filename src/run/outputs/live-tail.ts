import { StringDecoder } from 'node:string_decoder';
import type { OutputStream } from '#steps/executor.ts';
import { harmlessLine } from '#text/harmless.ts';
import { withoutEscapes } from '#text/invisible.ts';

const NOTIFY_EVERY_MS = 100;

/** The number of most recent lines that listeners receive. */
export const LIVE_LINES = 200;

/** The options of a live tail. */
export type LiveTailOptions = {
  /** The number of lines kept. */
  readonly lines: number;
  /**
   * Called with the most recent complete lines, oldest first, at most every 100 ms and once at the
   * end.
   */
  readonly onChange: (lines: readonly string[], bytes: number) => void;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly monotonic?: () => number;
};

/**
 * The most recent complete lines of a live output, sanitized for a terminal: escape sequences are
 * removed and other control characters made visible. A line ended only by a carriage return, as in
 * progress bars, is replaced by the next one. Memory is bounded.
 */
export class LiveTail {
  readonly #options: LiveTailOptions;
  readonly #now: () => number;
  readonly #streams: Readonly<Record<OutputStream, LineReader>>;
  readonly #lines: { readonly stream: OutputStream; readonly text: string }[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastNotified = Number.NEGATIVE_INFINITY;

  constructor(options: LiveTailOptions) {
    this.#options = options;
    this.#now = options.monotonic ?? (() => performance.now());
    const reader = (stream: OutputStream) =>
      new LineReader(options.lines, (line, replaces) => this.#add(stream, line, replaces));
    this.#streams = { stdout: reader('stdout'), stderr: reader('stderr') };
  }

  /** Receives the next masked bytes of a stream. */
  push(stream: OutputStream, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#streams[stream].push(chunk);
    const wait = this.#lastNotified + NOTIFY_EVERY_MS - this.#now();
    if (wait <= 0) this.#notify();
    else this.#timer ??= setTimeout(() => this.#notify(), wait).unref();
  }

  /** Treats unfinished lines as complete, notifies the listener, and stops. */
  end(): void {
    this.#streams.stdout.end();
    this.#streams.stderr.end();
    if (this.#bytes > 0) this.#notify();
  }

  #add(stream: OutputStream, line: string, replaces: boolean): void {
    if (replaces && this.#lines.at(-1)?.stream === stream) this.#lines.pop();
    this.#lines.push({ stream, text: line });
    if (this.#lines.length > this.#options.lines) this.#lines.shift();
  }

  #notify(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastNotified = this.#now();
    // Most lines of fast output are replaced before anyone is notified: only these are sanitized.
    this.#options.onChange(
      this.#lines.map(({ text }) => harmlessLine(withoutEscapes(text))),
      this.#bytes,
    );
  }
}

const LINE_END = 0x0a;

/** The length at which lines are truncated; no screen is wider. */
const LINE_LENGTH = 2_000;

/**
 * Receives a line without its end; `replaces` if the previous line ended with a carriage return
 * only.
 */
type OnLine = (line: string, replaces: boolean) => void;

/**
 * Splits a stream of bytes into lines if only the most recent ones matter: earlier lines of a large
 * chunk are not decoded.
 */
class LineReader {
  readonly #newest: number;
  readonly #onLine: OnLine;
  #decoder = new StringDecoder('utf8');
  #begun = '';
  #returned = false;

  constructor(newest: number, onLine: OnLine) {
    this.#newest = newest;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const start = this.#startOfNewest(chunk);
    if (start > 0) {
      this.#decoder = new StringDecoder('utf8');
      this.#begun = '';
      this.#returned = false;
    }
    const text = this.#begun + this.#decoder.write(chunk.subarray(start));
    let from = 0;
    for (const { 0: end, index } of text.matchAll(/[\r\n]/g)) {
      this.#line(text.slice(from, index), end === '\r');
      from = index + 1;
    }
    this.#begun = text.slice(from, from + LINE_LENGTH);
  }

  /** Treats the remaining bytes as a line. */
  end(): void {
    if (this.#begun !== '') this.#line(this.#begun, false);
    this.#begun = '';
  }

  #line(text: string, returned: boolean): void {
    const onlyMoves = text === '' && (returned || this.#returned);
    if (!onlyMoves) this.#onLine(text.slice(0, LINE_LENGTH), this.#returned);
    this.#returned = returned;
  }

  /** Returns the offset of the most recent lines of a chunk, or 0 if all of it matters. */
  #startOfNewest(chunk: Buffer): number {
    let at = chunk.length;
    for (let lines = 0; lines <= this.#newest; lines += 1) {
      if (at === 0) return 0;
      at = chunk.lastIndexOf(LINE_END, at - 1);
      if (at === -1) return 0;
    }
    return at + 1;
  }
}
