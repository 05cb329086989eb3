import type { Redactor } from '#safety/redaction/redactor.ts';
import type { MaskingStream } from './captured.ts';
import { WellFormed } from './well-formed.ts';

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
