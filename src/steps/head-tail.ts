const NOTHING = Buffer.alloc(0);

/**
 * Keeps both ends of a stream of any length in bounded memory. Bytes are copied and chunks
 * released, so many small chunks cost no more than a few large ones. A short stream takes little
 * more than its length: unfreed buffers make each new process slower to start.
 */
export class HeadTail {
  readonly #limits: { readonly head: number; readonly tail: number };
  #head = NOTHING;
  /** A ring buffer: `#tailAt` is the offset of the next byte. */
  #tail = NOTHING;
  #headBytes = 0;
  #tailAt = 0;
  #bytes = 0;

  /** Keeps at most so many bytes from the start and from the end. */
  constructor(limits: { readonly head: number; readonly tail: number }) {
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const first = chunk.subarray(0, this.#limits.head - this.#headBytes);
    if (first.length > 0) this.#pushHead(first);
    if (first.length < chunk.length) this.#pushTail(chunk.subarray(first.length));
  }

  /** The number of bytes between both ends that were not kept. */
  get droppedBytes(): number {
    return Math.max(0, this.#bytes - this.#headBytes - this.#limits.tail);
  }

  /** The first bytes; a view that the next push may change. */
  get head(): Buffer {
    return this.#head.subarray(0, this.#headBytes);
  }

  /** The last bytes that are not in the head. */
  get tail(): Buffer {
    if (this.droppedBytes === 0) return this.#tail.subarray(0, this.#bytes - this.#headBytes);
    const oldest = this.#tail.subarray(this.#tailAt);
    return Buffer.concat([oldest, this.#tail.subarray(0, this.#tailAt)]);
  }

  #pushHead(bytes: Buffer): void {
    const needed = this.#headBytes + bytes.length;
    if (needed > this.#head.length) {
      const size = Math.max(needed, this.#head.length * 2);
      const grown = Buffer.allocUnsafe(Math.min(size, this.#limits.head));
      this.#head.copy(grown, 0, 0, this.#headBytes);
      this.#head = grown;
    }
    bytes.copy(this.#head, this.#headBytes);
    this.#headBytes = needed;
  }

  #pushTail(bytes: Buffer): void {
    const { tail } = this.#limits;
    if (this.#tail === NOTHING) this.#tail = Buffer.allocUnsafe(tail);
    const kept = bytes.subarray(Math.max(0, bytes.length - tail));
    const first = kept.copy(this.#tail, this.#tailAt);
    kept.copy(this.#tail, 0, first);
    this.#tailAt = (this.#tailAt + kept.length) % tail;
  }
}
