import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, environmentError } from '#errors.ts';
import { syncToDisk } from '../../journal/file/sync-to-disk.ts';
import { isOutputPath, type OutputWriter, type RunOutputs } from '../port.ts';

/** Returns the outputs of a run's folder, each a file in `outputs`. */
export function fileOutputs(folder: string): RunOutputs {
  return {
    sink: { begin: (name) => new OutputFile(folder, name) },
    source: {
      names: async () => {
        const names = await readdir(join(folder, 'outputs')).catch(() => []);
        return names.sort().map((name) => `outputs/${name}`);
      },
      size: async (file) => {
        if (!isOutputPath(file)) return undefined;
        const found = await stat(join(folder, file)).catch(() => undefined);
        return found?.size;
      },
      read: async (file, start, length) => {
        if (!isOutputPath(file)) throw new Error(`${file} is not an output of the run`);
        const handle = await open(join(folder, file), 'r').catch((error: unknown) => {
          throw environmentError('this output is not there', undefined, error);
        });
        try {
          const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
          return buffer.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      },
      whereIs: (file) => join(folder, file),
    },
  };
}

class OutputFile implements OutputWriter {
  readonly file: string;
  readonly #folder: string;
  readonly #fd: number;

  constructor(folder: string, name: string) {
    const { fd, file } = makeFile(folder, name);
    this.file = file;
    this.#fd = fd;
    this.#folder = folder;
  }

  write(bytes: Buffer): number {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch {
      // The disk is full or failing: the rest is dropped.
    }
    return written;
  }

  async durable(): Promise<void> {
    try {
      fdatasyncSync(this.#fd);
      syncToDisk(join(this.#folder, 'outputs'));
    } catch {
      // Lost data shows when the file is compared with its digest.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** An interrupted run may have left a file of the same execution, which is kept. */
function makeFile(folder: string, name: string): { readonly fd: number; readonly file: string } {
  for (let number = 1; ; number += 1) {
    const file = `outputs/${name}${number === 1 ? '' : `.${number}`}`;
    try {
      return { fd: openSync(join(folder, file), 'wx', 0o600), file };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}
