import type { OutputStream } from '#steps/executor.ts';
import { harmlessLine } from '#text/harmless.ts';
import { withoutEscapes } from '#text/invisible.ts';
import { LineReader } from './line-reader.ts';

const NOTIFY_EVERY_MS = 100;

/** How many of the newest lines those who watch a run are told. */
export const LIVE_LINES = 200;

/** What a live tail keeps, and whom it tells. */
export type LiveTailOptions = {
  /** How many lines are kept. */
  readonly lines: number;
  /** Called with the newest complete lines, oldest first, at most every 100 ms and once at the end. */
  readonly onChange: (lines: readonly string[], bytes: number) => void;
};

/**
 * The newest complete lines of an output that is still coming, made harmless for a terminal: escape
 * sequences are taken out and other control characters made visible. A line ended by a carriage return
 * alone, as progress bars print them, is replaced by the next one. Memory is fixed.
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

  /** Takes the next masked bytes of a stream. */
  push(stream: OutputStream, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#streams[stream].push(chunk);
    const wait = this.#lastNotified + NOTIFY_EVERY_MS - performance.now();
    if (wait <= 0) this.#notify();
    else this.#timer ??= setTimeout(() => this.#notify(), wait).unref();
  }

  /** Takes lines without a line end for complete, tells the watcher, and stops. */
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
    // Of a flood most lines are gone again before anybody is told of them: only these are looked at.
    this.#options.onChange(
      this.#lines.map(({ text }) => harmlessLine(withoutEscapes(text))),
      this.#bytes,
    );
  }
}
