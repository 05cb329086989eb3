import type { Pool } from 'pg';
import { environmentError } from '#errors.ts';
import { isOutputPath, type OutputWriter, type RunOutputs } from '#run/outputs/port.ts';
import type { Claim } from '../work/claim.ts';

const PART_BYTES = 64 * 1024;

/** The most bytes of one output that are stored; the rest is dropped. */
const LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * The row of the run is locked against a claim until the part is committed, so that a worker that
 * lost the run cannot write into an output of the next one.
 */
const PUT = `
INSERT INTO runbook.run_output (run_id, file, part, bytes)
SELECT r.id, $3, $4, $5 FROM (
  SELECT id FROM runbook.run WHERE id = $1 AND epoch = $2 FOR SHARE
) AS r
ON CONFLICT (run_id, file, part) DO UPDATE SET bytes = EXCLUDED.bytes`;

/** Returns the outputs of a run in parts, for reading. */
export function partsSource(pool: Pool, run: string): RunOutputs['source'] {
  return {
    async names() {
      const { rows } = await pool.query<{ file: string }>(
        'SELECT DISTINCT file FROM runbook.run_output WHERE run_id = $1 ORDER BY file',
        [run],
      );
      return rows.map(({ file }) => file);
    },
    async size(file) {
      if (!isOutputPath(file)) return undefined;
      const { rows } = await pool.query<{ size: string | null }>(
        'SELECT sum(length(bytes)) AS size FROM runbook.run_output WHERE run_id = $1 AND file = $2',
        [run, file],
      );
      const size = rows[0]?.size ?? undefined;
      return size === undefined ? undefined : Number(size);
    },
    async read(file, start, length) {
      if (!isOutputPath(file)) throw new Error(`${file} is not an output of the run`);
      const first = Math.floor(start / PART_BYTES);
      const last = Math.floor((start + length) / PART_BYTES);
      const { rows } = await pool.query<{ part: number; bytes: Buffer }>(
        `SELECT part, bytes FROM runbook.run_output
         WHERE run_id = $1 AND file = $2 AND part BETWEEN $3 AND $4 ORDER BY part`,
        [run, file, first, last],
      );
      if (rows.length === 0 && first === 0) throw environmentError('this output is not there');
      const offset = start - first * PART_BYTES;
      return Buffer.concat(rows.map(({ bytes }) => bytes)).subarray(offset, offset + length);
    },
    whereIs: (file) => `${run}/${file}`,
  };
}

/**
 * Returns the outputs of a claimed run. `existing` are the names of those of earlier legs; a new
 * output never gets one of them.
 */
export function partsOutputs(
  pool: Pool,
  claim: () => Pick<Claim, 'id' | 'epoch'>,
  existing: readonly string[],
): RunOutputs {
  const taken = new Set(existing);
  const open = new Map<string, Parts>();
  const source = (run: string) => partsSource(pool, run);
  const written = async (file: string) => {
    await open.get(file)?.durable();
    return source(claim().id);
  };
  return {
    sink: {
      begin(name) {
        let file = `outputs/${name}`;
        for (let number = 2; taken.has(file); number += 1) file = `outputs/${name}.${number}`;
        taken.add(file);
        const parts = new Parts(file, (part, bytes) =>
          pool.query(PUT, [claim().id, claim().epoch, file, part, bytes]),
        );
        open.set(file, parts);
        return parts;
      },
    },
    source: {
      names: async () => {
        for (const parts of open.values()) await parts.durable();
        return await source(claim().id).names();
      },
      size: async (file) => await (await written(file)).size(file),
      read: async (file, start, length) => await (await written(file)).read(file, start, length),
      whereIs: (file) => source(claim().id).whereIs(file),
    },
  };
}

/** One output; full parts are stored as they come, the last one when it has to be durable. */
class Parts implements OutputWriter {
  readonly file: string;
  readonly #put: (part: number, bytes: Buffer) => Promise<unknown>;
  #part = 0;
  #last: Buffer = Buffer.alloc(0);
  #size = 0;
  #isStored = false;
  #storing: Promise<unknown> = Promise.resolve();

  constructor(file: string, put: (part: number, bytes: Buffer) => Promise<unknown>) {
    this.file = file;
    this.#put = put;
  }

  write(bytes: Buffer): number {
    const kept = bytes.subarray(0, LIMIT_BYTES - this.#size);
    this.#size += kept.length;
    this.#last = Buffer.concat([this.#last, kept]);
    this.#isStored = false;
    while (this.#last.length >= PART_BYTES) {
      this.#store(this.#last.subarray(0, PART_BYTES));
      this.#last = this.#last.subarray(PART_BYTES);
      this.#part += 1;
    }
    return kept.length;
  }

  async durable(): Promise<void> {
    if (!this.#isStored && (this.#last.length > 0 || this.#size === 0)) this.#store(this.#last);
    this.#isStored = true;
    await this.#storing;
  }

  close(): void {
    void this.durable();
  }

  #store(bytes: Buffer): void {
    const part = this.#part;
    // A part that is missing shows when the output is compared with its digest.
    this.#storing = this.#storing.then(() => this.#put(part, bytes)).catch(() => undefined);
  }
}
