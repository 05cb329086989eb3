import { closeSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { environmentError, type RunbookError } from '#errors.ts';
import { isOutputPath } from '../../outputs/port.ts';
import { isRunId } from '../id.ts';
import type { RunFolder } from './folders.ts';

/**
 * A run as one file: gzipped lines of JSON. The first identifies the format and the run; then each
 * file has a line with its path and lines with its bytes in base64; the last has the number of
 * files.
 */
const FORMAT = 'runbook-run';
const VERSION = 1;
const PIECE_BYTES = 384 * 1024;
/** A line holds one chunk in base64; a longer one is invalid. */
const LINE_LENGTH = 1024 * 1024;
/** The limit of unpacked bytes: a few kilobytes of gzip may expand to any number. */
const LIMIT_BYTES = 4 * 1024 ** 3;

/** The first line of an archive. */
export type ArchiveHead = {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly id: string;
  /** The program that wrote it. */
  readonly program: string;
};

/** Writes a run with all its files into a stream, in bounded memory. */
export async function writeArchive(
  run: RunFolder,
  program: string,
  to: NodeJS.WritableStream,
): Promise<void> {
  await pipeline(Readable.from(linesOf(run, program)), createGzip(), to);
}

function* linesOf(run: RunFolder, program: string): Generator<string> {
  const files = keptFiles(run);
  const head: ArchiveHead = { format: FORMAT, version: VERSION, id: run.id, program };
  yield `${JSON.stringify(head)}\n`;
  for (const file of files) {
    yield `${JSON.stringify({ file })}\n`;
    for (const bytes of piecesOf(join(run.folder, file)))
      yield `${JSON.stringify({ bytes: bytes.toString('base64') })}\n`;
  }
  yield `${JSON.stringify({ files: files.length })}\n`;
}

function keptFiles(run: RunFolder): readonly string[] {
  const inside = (folder: string, name: string) =>
    namesIn(folder).map((inner) => `${name}/${inner}`);
  const all = [
    ...['journal.jsonl', 'runbook.yaml'],
    ...inside(run.runbooks, 'runbooks'),
    ...inside(run.outputs, 'outputs'),
  ];
  return all.filter(isKeptFile);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Any other path in an archive is an attempt to leave the run's folder. */
function isKeptFile(path: string): boolean {
  const isCopy = /^runbooks\/[a-z0-9][a-z0-9-]*\.yaml$/.test(path);
  return path === 'journal.jsonl' || path === 'runbook.yaml' || isCopy || isOutputPath(path);
}

function* piecesOf(path: string): Generator<Buffer> {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece))
      yield Buffer.from(piece.subarray(0, read));
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads an archive: passes its first line to a function that returns the folder, and writes its
 * files there. Throws if it is no archive, one of a later version, or truncated.
 */
export async function readArchive(
  from: Readable,
  placeFor: (head: ArchiveHead) => string,
  { limitBytes = LIMIT_BYTES }: { readonly limitBytes?: number } = {},
): Promise<void> {
  const reader = new ArchiveReader(placeFor, limitBytes);
  try {
    await pipeline(from, createGunzip(), async (text: AsyncIterable<Buffer>) => {
      for await (const line of linesIn(text)) reader.take(parsed(line));
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'RunbookError') throw error;
    throw noArchive('it is damaged', error);
  } finally {
    reader.close();
  }
  if (!reader.isWhole) throw noArchive('its end is missing');
}

/** Never holds more than the maximum line length. */
async function* linesIn(text: AsyncIterable<Buffer>): AsyncGenerator<string> {
  // Anything that is not ASCII, such as a runbook in another language, is in base64.
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH) throw noArchive('it is no archive of a run');
    yield* lines;
  }
  if (rest !== '') yield rest;
}

type Line = Readonly<Record<string, unknown>>;

class ArchiveReader {
  readonly #placeFor: (head: ArchiveHead) => string;
  #folder: string | undefined;
  #fd: number | undefined;
  #files = 0;
  #bytesLeft: number;
  isWhole = false;

  constructor(placeFor: (head: ArchiveHead) => string, limitBytes: number) {
    this.#placeFor = placeFor;
    this.#bytesLeft = limitBytes;
  }

  take(line: Line): void {
    if (this.#folder === undefined) this.#folder = this.#placeFor(headOf(line));
    else if (typeof line.file === 'string') this.#begin(this.#folder, line.file);
    else if (typeof line.bytes === 'string' && this.#fd !== undefined)
      this.#write(this.#fd, Buffer.from(line.bytes, 'base64'));
    else if (typeof line.files === 'number') this.isWhole = line.files === this.#files;
    else throw noArchive('it has a line that means nothing');
  }

  #begin(folder: string, file: string): void {
    if (!isKeptFile(file)) throw noArchive('it names a file that no run has');
    this.close();
    this.#fd = openSync(join(folder, file), 'wx', 0o600);
    this.#files += 1;
  }

  #write(fd: number, bytes: Buffer): void {
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) throw noArchive('it holds more than any run keeps');
    writeSync(fd, bytes);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function headOf({ format, version, id, program }: Line): ArchiveHead {
  if (format !== FORMAT || typeof version !== 'number')
    throw noArchive('it is no archive of a run');
  if (version > VERSION) throw noArchive(`it was written by ${String(program)}, a later version`);
  if (typeof id !== 'string' || !isRunId(id)) throw noArchive('it names no run');
  return { format: FORMAT, version, id, program: String(program) };
}

function parsed(line: string): Line {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw noArchive('it is no archive of a run');
  return value as Line;
}

function noArchive(what: string, cause?: unknown): RunbookError {
  return environmentError(`the file cannot be imported: ${what}`, undefined, cause);
}
