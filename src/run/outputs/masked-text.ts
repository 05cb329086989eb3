import { isUtf8 } from 'node:buffer';
import type { Redactor } from '#safety/redaction/redactor.ts';
import type { MaskingStream } from './captured.ts';

/** Returns the filter of an output before it is shown or stored: valid UTF-8 without secrets. */
export function maskedText(redactor: Redactor): MaskingStream {
  const text = new WellFormed();
  const masked = redactor.stream();
  return {
    push: (chunk) => asBuffer(masked.push(text.push(chunk))),
    end: () => Buffer.concat([masked.push(text.end()), masked.end()]),
  };
}

/** Returns a view of the same bytes, not a copy. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

const NOTHING = Buffer.alloc(0);

/**
 * Makes a stream of bytes valid UTF-8: invalid bytes become `�`, and a split character waits for
 * its rest. A chunk that is valid, as nearly all are, is passed on without a copy.
 */
class WellFormed {
  /** The start of a character. */
  #held = NOTHING;

  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = bytes.length - begunBytes(bytes);
    this.#held = end === bytes.length ? NOTHING : Buffer.from(bytes.subarray(end));
    return wellFormed(bytes.subarray(0, end));
  }

  /** Returns the replacement of a character that was never completed. */
  end(): Buffer {
    return wellFormed(this.#held);
  }
}

function wellFormed(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString());
}

/** Returns the number of trailing bytes that start an incomplete character: 0 to 3. */
function begunBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? back : 0;
  }
  return 0;
}
