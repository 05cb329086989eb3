import { StringDecoder } from 'node:string_decoder';

const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 8 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Keeps the first 4 KiB and the last 8 KiB of a stream of any length, in bounded memory. A short
 * stream takes no more than its length: unfreed buffers make each new process slower to start.
 */
export class OutputEnds {
  #head = NOTHING;
  #tail = NOTHING;
  #tailBytes = 0;
  #leftOut = false;

  push(chunk: Buffer): void {
    const first = chunk.subarray(0, HEAD_BYTES - this.#head.length);
    if (first.length > 0) this.#head = Buffer.concat([this.#head, first]);
    if (first.length < chunk.length) this.#pushTail(chunk.subarray(first.length));
  }

  /** Returns both ends as text; together they are the whole stream if it was short enough. */
  texts(): { readonly head: string; readonly tail: string } {
    const head = this.#head;
    const tail = this.#tail.subarray(0, this.#tailBytes);
    if (tail.length === 0) return { head: head.toString(), tail: '' };
    const decoder = new StringDecoder('utf8');
    const text = decoder.write(head);
    if (this.#leftOut) return { head: text, tail: tail.toString('utf8', characterStart(tail)) };
    // The tail completes a character that the limit cut in two.
    return { head: text, tail: decoder.write(tail) + decoder.end() };
  }

  #pushTail(chunk: Buffer): void {
    if (this.#tail === NOTHING) this.#tail = Buffer.allocUnsafe(TAIL_BYTES);
    const newest = chunk.subarray(Math.max(0, chunk.length - TAIL_BYTES));
    const kept = Math.min(this.#tailBytes, TAIL_BYTES - newest.length);
    this.#leftOut ||= chunk.length + this.#tailBytes > TAIL_BYTES;
    if (kept < this.#tailBytes) this.#tail.copyWithin(0, this.#tailBytes - kept, this.#tailBytes);
    newest.copy(this.#tail, kept);
    this.#tailBytes = kept + newest.length;
  }
}

/** Returns the offset of the first byte that does not continue a truncated character. */
export function characterStart(bytes: Buffer): number {
  let at = 0;
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
