import { isUtf8 } from 'node:buffer';
import type { Redactor } from '#safety/redaction/redactor.ts';
import { begunBytes } from '#text/utf8.ts';
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
