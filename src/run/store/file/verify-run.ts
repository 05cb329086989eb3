import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputRecord, RecordedEvent } from '#events/log/event.ts';
import { walkJournal } from '../../journal/file/read.ts';
import { isOutputPath } from '../../outputs/port.ts';
import { sha256 } from '../../sha256.ts';
import type { RunFolder } from './folders.ts';

/** A file in a run's folder that was modified. */
export type RunFlaw = {
  /** The path in the run's folder; with a line if it is the journal. */
  readonly file: string;
  readonly line?: number;
  readonly what: string;
};

/** The result of a verification. */
export type VerifiedRun = {
  readonly events: number;
  /** The hash of the last valid line. */
  readonly head: string;
  readonly outputs: number;
  readonly runbooks: number;
  /** The length of a partly written last line. */
  readonly tornBytes: number;
  /** Output files that no event names: a step was interrupted while it wrote them. */
  readonly unnamed: readonly string[];
  readonly flaws: readonly RunFlaw[];
};

/**
 * Compares a run's folder with its journal: the chain, the outputs and the copies of its runbooks.
 */
export function verifyRun(run: RunFolder): VerifiedRun {
  const outputs = new Map<string, OutputRecord>();
  let copies: readonly Copy[] = [];
  let events = 0;
  const { problems, head, tornBytes } = walkJournal(run.journal, (record) => {
    events += 1;
    for (const output of outputsOf(record)) outputs.set(output.file, output);
    copies = copies.length > 0 ? copies : copiesOf(record);
  });
  const chain: readonly RunFlaw[] =
    events === 0 && problems.length === 0
      ? [{ file: 'journal.jsonl', what: 'has no event: it was emptied, or the run never began' }]
      : problems.map(({ line, what }) => ({ file: 'journal.jsonl', line, what }));
  const kept = [...outputs.values()].flatMap((output) => flawOfOutput(run, output));
  const named = new Set([...outputs.keys()]);
  return {
    events,
    head,
    outputs: outputs.size,
    runbooks: copies.length,
    tornBytes,
    unnamed: filesOfOutputs(run).filter((file) => !named.has(file)),
    flaws: [...chain, ...copies.flatMap((copy) => flawOfCopy(run, copy)), ...kept],
  };
}

type Copy = { readonly file: string; readonly sha256: string };

function copiesOf({ event }: RecordedEvent): readonly Copy[] {
  if (event.type !== 'run.started') return [];
  const children = (event.children ?? []).map(({ name, sha256: digest }) => {
    return { file: `runbooks/${name}.yaml`, sha256: digest };
  });
  return [{ file: 'runbook.yaml', sha256: event.runbook.sha256 }, ...children];
}

function outputsOf({ event }: RecordedEvent): readonly OutputRecord[] {
  return event.type === 'step.finished' ? event.outputs : [];
}

function flawOfCopy(run: RunFolder, { file, sha256: digest }: Copy): readonly RunFlaw[] {
  try {
    const text = readFileSync(join(run.folder, file), 'utf8');
    return sha256(text) === digest
      ? []
      : [{ file, what: 'is not the runbook that the run began with' }];
  } catch {
    return [{ file, what: 'is missing, or cannot be read' }];
  }
}

function flawOfOutput(run: RunFolder, output: OutputRecord): readonly RunFlaw[] {
  const { file, bytes, sha256: digest } = output;
  if (!isOutputPath(file)) return [{ file, what: 'is not a place for an output' }];
  const found = digestOf(join(run.folder, file));
  if (found === undefined) return [{ file, what: 'is missing, or cannot be read' }];
  if (found.bytes !== bytes)
    return [{ file, what: `has ${found.bytes} bytes; ${bytes} were written` }];
  return found.digest === digest ? [] : [{ file, what: 'was changed after it was written' }];
}

const PIECE_BYTES = 1024 * 1024;

/** Reads in chunks: an output may be as large as the limit. */
function digestOf(path: string): { readonly bytes: number; readonly digest: string } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const hash = createHash('sha256');
    const piece = Buffer.alloc(PIECE_BYTES);
    let bytes = 0;
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return { bytes, digest: hash.digest('hex') };
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function filesOfOutputs(run: RunFolder): readonly string[] {
  try {
    return readdirSync(run.outputs).map((name) => `outputs/${name}`);
  } catch {
    return [];
  }
}
