import type { OutputStream } from '../executor.ts';

const NOTHING = Buffer.alloc(0);

const LONGEST_WORD = 'exit 255 4194304'.length;

/** What is said before the script begins is cut off here; the reason of a failure is in its last lines. */
const LONGEST_NOISE = 16 * 1024;

/**
 * Tells the words of the bootstrap from what the script prints, in the same streams: each word stands
 * in braces behind a mark that nobody else knows. What comes before its first word is not the
 * script's (a client's warnings, the greeting of a login shell).
 */
export class Reports {
  readonly #prefix: Buffer;
  readonly #streams = { stdout: NOTHING, stderr: NOTHING };
  readonly #ready = new Set<OutputStream>();
  readonly #on: { readonly ready: () => void; readonly end: () => void };
  #noise = '';
  /** What the bootstrap said last but `ready`, e.g. `exit 3 4711`; undefined while the script runs. */
  #last: string | undefined;

  /** Each is called once: when the bootstrap waits for the script, and when that has ended. */
  constructor(mark: string, on: { readonly ready: () => void; readonly end: () => void }) {
    this.#prefix = Buffer.from(`{${mark} `);
    this.#on = on;
  }

  /** Returns the script's own part of a chunk; a piece that may be half a word comes with the next. */
  read(stream: OutputStream, chunk: Buffer): Buffer {
    const text = Buffer.concat([this.#streams[stream], chunk]);
    const own: Buffer[] = [];
    let at = 0;
    for (;;) {
      const found = text.indexOf(this.#prefix, at);
      const end = found === -1 ? -1 : text.indexOf('}', found + this.#prefix.length);
      const upTo = end === -1 ? this.#endOfOwn(text, at) : found;
      own.push(this.#own(stream, text.subarray(at, upTo)));
      at = end === -1 ? upTo : end + 1;
      if (end === -1) break;
      this.#hear(stream, text.toString('latin1', found + this.#prefix.length, end));
    }
    this.#streams[stream] = Buffer.from(text.subarray(at));
    return Buffer.concat(own);
  }

  /** Returns what was held back of a stream that has ended. */
  rest(stream: OutputStream): Buffer {
    const held = this.#streams[stream];
    this.#streams[stream] = NOTHING;
    return this.#own(stream, held);
  }

  /** True when the bootstrap was there and got the script: until then nothing has run. */
  get hasBegun(): boolean {
    return this.#ready.size === 2;
  }

  /** How the script has ended: its exit code, and the process group that it leaves behind. */
  get exit(): { readonly code: number; readonly group: number } | undefined {
    const [, code, group] = /^exit (\d+) (\d+)$/.exec(this.#last ?? '') ?? [];
    return code === undefined ? undefined : { code: Number(code), group: Number(group) };
  }

  /** True when there was no such folder to run in: nothing was started. */
  get lacksFolder(): boolean {
    return this.#last === 'folder';
  }

  /** What others said before the script, e.g. why there is no connection. */
  get noise(): string {
    return this.#noise;
  }

  #own(stream: OutputStream, bytes: Buffer): Buffer {
    if (this.#ready.has(stream)) return bytes;
    this.#noise = `${this.#noise}${bytes}`.slice(-LONGEST_NOISE);
    return NOTHING;
  }

  #hear(stream: OutputStream, word: string): void {
    if (word !== 'ready') {
      this.#last = word;
      this.#on.end();
      return;
    }
    this.#ready.add(stream);
    if (this.#ready.size === 2) this.#on.ready();
  }

  /** Returns where the last bytes may be the beginning of a word, which is never longer than this. */
  #endOfOwn(text: Buffer, from: number): number {
    const longest = this.#prefix.length + LONGEST_WORD;
    for (let at = Math.max(from, text.length - longest); at < text.length; at += 1) {
      const length = Math.min(text.length - at, this.#prefix.length);
      if (text.compare(this.#prefix, 0, length, at, at + length) === 0) return at;
    }
    return text.length;
  }
}
