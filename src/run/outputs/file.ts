import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputRecord, StepPart } from '#events/log/event.ts';
import { syncFolder } from '../journal/sync-folder.ts';
import { OutputEnds } from './ends.ts';

/** How much of one stream is kept in a file when nothing else is said: 64 MiB. */
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Masks the secrets in a stream; holds bytes back while they could be the beginning of one. */
export type MaskingStream = {
  push(chunk: Buffer): Buffer;
  /** Returns what was still held back. */
  end(): Buffer;
};

/** What an output is kept with. */
export type OutputOptions = {
  /** The run's folder; the file is made in its `outputs`. */
  readonly folder: string;
  /** The file's name, see {@link outputName}; a number is added when it is taken. */
  readonly name: string;
  readonly stream: 'stdout' | 'stderr';
  readonly mask: MaskingStream;
  /** Bytes beyond it are counted and not kept. */
  readonly limitBytes?: number;
  /** Called with the masked bytes, as a live view may show them. */
  readonly onMasked?: (chunk: Buffer) => void;
};

/** Returns the name of the file that keeps a stream of one execution. */
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
  // A step inside another runbook has a slash in its id, which a file cannot have.
  // Nor do names of files begin with what a command of the operator's own begins with.
  const name = step.replaceAll('/', '--').replace(/^!/, 'command.');
  const which = item === undefined ? name : `${name}.item-${item}`;
  return `${which}.${visit}.${part}.${attempt}.${stream}`;
}

/**
 * Keeps one stream of an execution: masked, in a file up to a limit, with both ends in memory. The
 * file is made when the first byte comes. When the disk does not take it, the rest counts as
 * dropped and the step goes on: an output is evidence, not a condition.
 */
export class OutputFile {
  readonly #options: OutputOptions;
  readonly #limit: number;
  readonly #ends = new OutputEnds();
  readonly #hash = createHash('sha256');
  #file: OpenFile | undefined;
  #kept = 0;
  #dropped = 0;
  #full = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#limit = options.limitBytes ?? OUTPUT_LIMIT_BYTES;
  }

  /** Where the output is kept, once something of it is, relative to the run's folder. */
  get file(): string | undefined {
    return this.#file?.path;
  }

  /** How many bytes so far were not kept. */
  get droppedBytes(): number {
    return this.#dropped;
  }

  /** Takes the next bytes as they were printed. */
  write(chunk: Buffer): void {
    this.#take(this.#options.mask.push(chunk));
  }

  /**
   * Closes the file and returns its record, or `undefined` when nothing was printed. With `sync` the
   * file is on the disk when it returns, so that the record of a change never outlives its output.
   */
  finish({ sync }: { readonly sync: boolean }): OutputRecord | undefined {
    this.#take(this.#options.mask.end());
    if (this.#file !== undefined) {
      if (sync) syncOutput(this.#file.fd, this.#options.folder);
      closeSync(this.#file.fd);
    }
    if (this.#kept + this.#dropped === 0) return undefined;
    return {
      stream: this.#options.stream,
      file: this.#file?.path ?? `outputs/${this.#options.name}`,
      bytes: this.#kept,
      droppedBytes: this.#dropped,
      sha256: this.#hash.digest('hex'),
      ...this.#ends.texts(),
    };
  }

  #take(masked: Buffer): void {
    if (masked.length === 0) return;
    this.#ends.push(masked);
    const kept = this.#keep(masked.subarray(0, this.#limit - this.#kept));
    this.#dropped += masked.length - kept;
    this.#options.onMasked?.(masked);
  }

  /** Returns how many of the bytes are in the file now. */
  #keep(bytes: Buffer): number {
    if (this.#full || bytes.length === 0) return 0;
    let written = 0;
    try {
      this.#file ??= makeFile(this.#options.folder, this.#options.name);
      const { fd } = this.#file;
      while (written < bytes.length) written += writeSync(fd, bytes, written);
    } catch {
      this.#full = true;
    }
    this.#hash.update(bytes.subarray(0, written));
    this.#kept += written;
    return written;
  }
}

type OpenFile = { readonly fd: number /** Relative to the run's folder. */; readonly path: string };

/** A run that was interrupted may have left a file of the same execution; it stays as it is. */
function makeFile(folder: string, name: string): OpenFile {
  for (let number = 1; ; number += 1) {
    const path = `outputs/${name}${number === 1 ? '' : `.${number}`}`;
    try {
      return { fd: openSync(join(folder, path), 'wx', 0o600), path };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function syncOutput(fd: number, folder: string): void {
  try {
    fdatasyncSync(fd);
    syncFolder(join(folder, 'outputs'));
  } catch {
    // What the disk lost shows when the file is compared with its digest.
  }
}
