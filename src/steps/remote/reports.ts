import type { OutputStream } from '../executor.ts';

const NOTHING = Buffer.alloc(0);

const LONGEST_WORD = 'exit 255 4194304'.length;

/**
 * The maximum of the output before the script that is kept, from its end: the reason of a failure
 * is in its last lines.
 */
const LONGEST_NOISE = 16 * 1024;

/**
 * Separates the bootstrap's reports from the script's output in the same streams. Each report is in
 * braces with a random mark. Output before the first report is not the script's (warnings of a
 * client, the greeting of a login shell).
 */
export class Reports {
  readonly #prefix: Buffer;
  readonly #streams = { stdout: NOTHING, stderr: NOTHING };
  readonly #ready = new Set<OutputStream>();
  readonly #on: { readonly ready: () => void; readonly end: () => void };
  #noise = '';
  /**
   * The bootstrap's last report other than `ready`, e.g. `exit 3 4711`; undefined while the script
   * runs.
   */
  #last: string | undefined;

  /**
   * Calls `ready` once when the bootstrap waits for the script, and `end` when the script has
   * ended.
   */
  constructor(mark: string, on: { readonly ready: () => void; readonly end: () => void }) {
    this.#prefix = Buffer.from(`{${mark} `);
    this.#on = on;
  }

  /**
   * Returns the script's own part of a chunk. A possible part of a report is held back for the next
   * chunk.
   */
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

  /** Returns the held-back part of a stream that has ended. */
  rest(stream: OutputStream): Buffer {
    const held = this.#streams[stream];
    this.#streams[stream] = NOTHING;
    return this.#own(stream, held);
  }

  /** True once the bootstrap was ready and got the script: before that nothing has run. */
  get hasBegun(): boolean {
    return this.#ready.size === 2;
  }

  /** The script's exit code and process group; undefined until it has ended. */
  get exit(): { readonly code: number; readonly group: number } | undefined {
    const [, code, group] = /^exit (\d+) (\d+)$/.exec(this.#last ?? '') ?? [];
    return code === undefined ? undefined : { code: Number(code), group: Number(group) };
  }

  /** True if the directory does not exist: nothing was started. */
  get lacksFolder(): boolean {
    return this.#last === 'folder';
  }

  /** True if the bootstrap got the script too late: nothing was started. */
  get wasLate(): boolean {
    return this.#last === 'late';
  }

  /** True if somebody else was there than expected: nothing was started. */
  get wasOther(): boolean {
    return this.#last === 'other';
  }

  /** The output before the script, e.g. the reason why there is no connection. */
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

  /** Returns the offset from which the last bytes may be the start of a report. */
  #endOfOwn(text: Buffer, from: number): number {
    const longest = this.#prefix.length + LONGEST_WORD;
    for (let at = Math.max(from, text.length - longest); at < text.length; at += 1) {
      const length = Math.min(text.length - at, this.#prefix.length);
      if (text.compare(this.#prefix, 0, length, at, at + length) === 0) return at;
    }
    return text.length;
  }
}
