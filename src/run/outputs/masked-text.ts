import type { Redactor } from '#safety/redaction/redactor.ts';
import type { MaskingStream } from './captured.ts';
import { WellFormed } from './well-formed.ts';

/** Returns what an output passes before anybody sees or keeps it: text, without secrets. */
export function maskedText(redactor: Redactor): MaskingStream {
  const text = new WellFormed();
  const masked = redactor.stream();
  return {
    push: (chunk) => asBuffer(masked.push(text.push(chunk))),
    end: () => Buffer.concat([masked.push(text.end()), masked.end()]),
  };
}

/** The same bytes, not a copy. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
