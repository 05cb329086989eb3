import type { OutputStream } from '#steps/executor.ts';
import { harmlessLine } from '#text/harmless.ts';
import { withoutEscapes } from '#text/invisible.ts';
import { LineReader } from './line-reader.ts';

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
};

/**
 * The most recent complete lines of a live output, sanitized for a terminal: escape sequences are
 * removed and other control characters made visible. A line ended only by a carriage return, as in
 * progress bars, is replaced by the next one. Memory is bounded.
 */
export class LiveTail {
  readonly #options: LiveTailOptions;
  readonly #streams: Readonly<Record<OutputStream, LineReader>>;
  readonly #lines: { readonly stream: OutputStream; readonly text: string }[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastNotified = Number.NEGATIVE_INFINITY;

  constructor(options: LiveTailOptions) {
    this.#options = options;
    const reader = (stream: OutputStream) =>
      new LineReader(options.lines, (line, replaces) => this.#add(stream, line, replaces));
    this.#streams = { stdout: reader('stdout'), stderr: reader('stderr') };
  }

  /** Receives the next masked bytes of a stream. */
  push(stream: OutputStream, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#streams[stream].push(chunk);
    const wait = this.#lastNotified + NOTIFY_EVERY_MS - performance.now();
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
    this.#lastNotified = performance.now();
    // Most lines of fast output are replaced before anyone is notified: only these are sanitized.
    this.#options.onChange(
      this.#lines.map(({ text }) => harmlessLine(withoutEscapes(text))),
      this.#bytes,
    );
  }
}
