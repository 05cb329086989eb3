const EMPTY = Buffer.alloc(0);
const FIRST_ALLOCATION = 4_096;
const LINE_END = 0x0a;

/**
 * Keeps both ends of a stream of any length in bounded memory. Bytes are copied and chunks
 * released, so many small chunks cost no more than a few large ones.
 */
export class BoundedOutput {
  readonly #half: number;
  #head: Buffer = EMPTY;
  #headBytes = 0;
  /** A ring buffer: `#tailAt` is the offset of the next byte. */
  #tail: Buffer = EMPTY;
  #tailAt = 0;
  #bytes = 0;

  /** Keeps at most `limit` bytes: half from the start and half from the end. */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const room = this.#half - this.#headBytes;
    if (room > 0) this.#pushHead(chunk.subarray(0, room));
    if (chunk.length > room) this.#pushTail(chunk.subarray(Math.max(room, 0)));
  }

  /** True if bytes were dropped. */
  get isCut(): boolean {
    return this.#bytes - this.#headBytes > this.#half;
  }

  /** Returns the text. If bytes were dropped, a line in between says how many. */
  toString(): string {
    const head = this.#head.subarray(0, this.#headBytes);
    const tailBytes = this.#bytes - this.#headBytes;
    if (!this.isCut) return Buffer.concat([head, this.#tail.subarray(0, tailBytes)]).toString();
    const tail = Buffer.concat([
      this.#tail.subarray(this.#tailAt),
      this.#tail.subarray(0, this.#tailAt),
    ]);
    const keptHead = head.subarray(0, endOfHead(head));
    const keptTail = tail.subarray(startOfTail(tail));
    const left = this.#bytes - keptHead.length - keptTail.length;
    const lineEnd = keptHead.at(-1) === LINE_END ? '' : '\n';
    return `${keptHead}${lineEnd}… ${left} bytes left out …\n${keptTail}`;
  }

  #pushHead(bytes: Buffer): void {
    const needed = this.#headBytes + bytes.length;
    if (needed > this.#head.length) {
      const size = Math.max(needed, this.#head.length * 2, FIRST_ALLOCATION);
      const grown = Buffer.allocUnsafe(Math.min(size, this.#half));
      this.#head.copy(grown, 0, 0, this.#headBytes);
      this.#head = grown;
    }
    bytes.copy(this.#head, this.#headBytes);
    this.#headBytes = needed;
  }

  #pushTail(bytes: Buffer): void {
    if (this.#tail.length === 0) this.#tail = Buffer.allocUnsafe(this.#half);
    const kept = bytes.subarray(Math.max(0, bytes.length - this.#half));
    const first = kept.copy(this.#tail, this.#tailAt);
    kept.copy(this.#tail, 0, first);
    this.#tailAt = (this.#tailAt + kept.length) % this.#half;
  }
}

/**
 * Returns the offset to cut the head at: after its last line, so that no word (such as a secret) is
 * cut in two and no longer recognized; within a very long line, between two characters.
 */
function endOfHead(bytes: Buffer): number {
  const line = bytes.lastIndexOf(LINE_END) + 1;
  return bytes.length - line <= bytes.length / 4 ? line : wholeCharacters(bytes);
}

function startOfTail(bytes: Buffer): number {
  const line = bytes.indexOf(LINE_END) + 1;
  return line > 0 && line <= bytes.length / 4 ? line : firstCharacter(bytes);
}

/** Returns the length without a UTF-8 character that is cut off at the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Returns the offset of the first byte that starts a UTF-8 character. */
function firstCharacter(bytes: Buffer): number {
  let at = 0;
  while (at < Math.min(3, bytes.length) && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
