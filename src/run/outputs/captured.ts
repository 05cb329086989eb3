import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { OutputRecord, StepPart } from '#events/log/event.ts';
import { HeadTail } from '#steps/head-tail.ts';
import { characterStart } from '#text/utf8.ts';
import type { OutputSink, OutputWriter } from './port.ts';

/** The default limit of a stored stream: 64 MiB. */
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/** The ends of a stream in its record. */
const RECORDED_BYTES = { head: 4 * 1024, tail: 8 * 1024 } as const;

/** Masks the secrets in a stream; holds bytes back while they could start one. */
export type MaskingStream = {
  push(chunk: Buffer): Buffer;
  /** Returns the bytes still held back. */
  end(): Buffer;
};

/** The options of a captured output. */
export type OutputOptions = {
  readonly sink: OutputSink;
  /** See {@link outputName}; a number is added if it exists. */
  readonly name: string;
  readonly stream: 'stdout' | 'stderr';
  readonly mask: MaskingStream;
  /** Bytes beyond it are counted and not stored. */
  readonly limitBytes?: number;
  /** Called with the masked bytes, for a live view. */
  readonly onMasked?: (chunk: Buffer) => void;
};

/** Returns the file name of a stream of one execution. */
export function outputName(execution: {
  readonly step: string;
  readonly visit: number;
  readonly part: StepPart;
  readonly attempt: number;
  readonly stream: 'stdout' | 'stderr';
  /** The item of a repeated step, from 1. */
  readonly item?: number | undefined;
}): string {
  const { step, visit, part, attempt, stream, item } = execution;
  // The ID of a step inside another runbook contains a slash, and that of an ad-hoc command starts
  // with `!`: file names contain neither.
  const name = step.replaceAll('/', '--').replace(/^!/, 'command.');
  const which = item === undefined ? name : `${name}.item-${item}`;
  return `${which}.${visit}.${part}.${attempt}.${stream}`;
}

/**
 * One stream of an execution: masked, stored in a sink up to a limit, with both ends in memory. Its
 * file is created with the first byte. If the sink fails, the rest counts as dropped and the step
 * continues: an output is evidence, not a precondition.
 */
export class CapturedOutput {
  readonly #options: OutputOptions;
  readonly #limit: number;
  readonly #ends = new HeadTail(RECORDED_BYTES);
  readonly #hash = createHash('sha256');
  #writer: OutputWriter | undefined;
  #kept = 0;
  #dropped = 0;
  #full = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#limit = options.limitBytes ?? OUTPUT_LIMIT_BYTES;
  }

  /** The file of the output, once it exists. */
  get file(): string | undefined {
    return this.#writer?.file;
  }

  /** The number of bytes not stored so far. */
  get droppedBytes(): number {
    return this.#dropped;
  }

  /** Receives the next raw bytes. */
  write(chunk: Buffer): void {
    this.#take(this.#options.mask.push(chunk));
  }

  /**
   * Ends the output and resolves with its record, or `undefined` if nothing was printed. With
   * `sync` it is durable by then, so that the record of a change never outlives its output.
   */
  async finish({ sync }: { readonly sync: boolean }): Promise<OutputRecord | undefined> {
    this.#take(this.#options.mask.end());
    if (sync) await this.#writer?.durable();
    this.#writer?.close();
    if (this.#kept + this.#dropped === 0) return undefined;
    return {
      stream: this.#options.stream,
      file: this.#writer?.file ?? `outputs/${this.#options.name}`,
      bytes: this.#kept,
      droppedBytes: this.#dropped,
      sha256: this.#hash.digest('hex'),
      ...textsOf(this.#ends),
    };
  }

  #take(masked: Buffer): void {
    if (masked.length === 0) return;
    this.#ends.push(masked);
    const kept = this.#keep(masked.subarray(0, this.#limit - this.#kept));
    this.#dropped += masked.length - kept;
    this.#options.onMasked?.(masked);
  }

  /** Returns the number of bytes stored. */
  #keep(bytes: Buffer): number {
    if (this.#full || bytes.length === 0) return 0;
    let written = 0;
    try {
      this.#writer ??= this.#options.sink.begin(this.#options.name);
      written = this.#writer.write(bytes);
    } catch {
      this.#full = true;
    }
    this.#full ||= written < bytes.length;
    this.#hash.update(bytes.subarray(0, written));
    this.#kept += written;
    return written;
  }
}

/** Returns both ends as text; together they are the whole stream if it was short enough. */
function textsOf({ head, tail, droppedBytes }: HeadTail): Pick<OutputRecord, 'head' | 'tail'> {
  if (tail.length === 0) return { head: head.toString(), tail: '' };
  const decoder = new StringDecoder('utf8');
  const text = decoder.write(head);
  if (droppedBytes > 0) return { head: text, tail: tail.toString('utf8', characterStart(tail)) };
  // The tail completes a character that the limit cut in two.
  return { head: text, tail: decoder.write(tail) + decoder.end() };
}
