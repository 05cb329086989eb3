import { StringDecoder } from 'node:string_decoder';

const LINE_END = 0x0a;

/** The length at which lines are truncated; no screen is wider. */
const LINE_LENGTH = 2_000;

/**
 * Receives a line without its end; `replaces` if the previous line ended with a carriage return
 * only.
 */
export type OnLine = (line: string, replaces: boolean) => void;

/**
 * Splits a stream of bytes into lines if only the most recent ones matter: earlier lines of a large
 * chunk are not decoded.
 */
export class LineReader {
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
