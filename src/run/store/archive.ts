import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { environmentError, type RunbookError } from '#errors.ts';
import { walkLines } from '../journal/cursor.ts';
import { isOutputPath, outputPieces } from '../outputs/port.ts';
import { isRunId } from './id.ts';
import type { ArchivedPiece, RunRecord, RunStore } from './port.ts';

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
  run: RunRecord,
  program: string,
  to: NodeJS.WritableStream,
): Promise<void> {
  await pipeline(Readable.from(linesOf(run, program)), createGzip(), to);
}

async function* linesOf(run: RunRecord, program: string): AsyncGenerator<string> {
  const head: ArchiveHead = { format: FORMAT, version: VERSION, id: run.id, program };
  yield `${JSON.stringify(head)}\n`;
  let files = 0;
  for await (const { file, pieces } of filesOf(run)) {
    yield `${JSON.stringify({ file })}\n`;
    for await (const bytes of pieces)
      yield `${JSON.stringify({ bytes: bytes.toString('base64') })}\n`;
    files += 1;
  }
  yield `${JSON.stringify({ files })}\n`;
}

async function* filesOf({ journal, sources, outputs: { source } }: RunRecord) {
  const lines = await journal.bytes();
  const children: string[] = [];
  walkLines(lines, ({ event }) => {
    if (event.type === 'run.started') children.push(...(event.children ?? []).map(nameOf));
  });
  yield { file: 'journal.jsonl', pieces: inPieces(lines) };
  yield { file: 'runbook.yaml', pieces: [Buffer.from(await sources.runbook())] };
  for (const name of children)
    yield { file: `runbooks/${name}.yaml`, pieces: [Buffer.from(await sources.child(name))] };
  for (const file of (await source.names()).filter(isOutputPath))
    yield { file, pieces: outputPieces(source, file) };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** Any other path in an archive is an attempt to leave the run's folder. */
function isKeptFile(path: string): boolean {
  const isCopy = /^runbooks\/[a-z0-9][a-z0-9-]*\.yaml$/.test(path);
  return path === 'journal.jsonl' || path === 'runbook.yaml' || isCopy || isOutputPath(path);
}

/**
 * Stores the run in an archive. Rejects if it is not an archive, one of a later version, truncated or
 * altered, or if the store has that run; then nothing of it is kept.
 */
export async function importRun(
  store: RunStore,
  from: Readable,
  { limitBytes = LIMIT_BYTES }: { readonly limitBytes?: number } = {},
): Promise<RunRecord> {
  let restored: RunRecord | undefined;
  try {
    await pipeline(from, createGunzip(), async (text: AsyncIterable<Buffer>) => {
      const lines = linesIn(text);
      const { value: first } = await lines.next();
      const { id } = headOf(parsed(first ?? 'null'));
      restored = await store.restore(id, piecesIn(lines, limitBytes));
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'RunbookError') throw error;
    throw noArchive('it is damaged', error);
  }
  if (restored === undefined) throw noArchive('it is damaged');
  return restored;
}

/** Never holds more than the maximum line length. */
async function* linesIn(text: AsyncIterable<Buffer>): AsyncGenerator<string> {
  // Anything that is not ASCII, such as a runbook in another language, is in base64.
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH) throw noArchive('it is not an archive of a run');
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Throws if the archive is truncated, too large, or has an invalid line. */
async function* piecesIn(
  lines: AsyncIterable<string>,
  limitBytes: number,
): AsyncGenerator<ArchivedPiece> {
  let file: string | undefined;
  let files = 0;
  let bytesLeft = limitBytes;
  let isWhole = false;
  for await (const text of lines) {
    const line = parsed(text);
    if (typeof line.files === 'number') isWhole = line.files === files;
    else {
      if (line.file !== undefined) files += 1;
      const piece = pieceOf(line, file);
      ({ file } = piece);
      bytesLeft -= piece.bytes.length;
      if (bytesLeft < 0) throw noArchive('it holds more than any run keeps');
      yield piece;
    }
  }
  if (!isWhole) throw noArchive('its end is missing');
}

/** Returns the content of a line: the start of a file, or bytes of the one that started last. */
function pieceOf({ file, bytes }: Line, started: string | undefined): ArchivedPiece {
  if (typeof file === 'string') {
    if (!isKeptFile(file)) throw noArchive('it names a file that no run has');
    return { file, bytes: Buffer.alloc(0) };
  }
  if (typeof bytes !== 'string' || started === undefined)
    throw noArchive('it has a line that means nothing');
  return { file: started, bytes: Buffer.from(bytes, 'base64') };
}

type Line = Readonly<Record<string, unknown>>;

function headOf({ format, version, id, program }: Line): ArchiveHead {
  if (format !== FORMAT || typeof version !== 'number')
    throw noArchive('it is not an archive of a run');
  if (version > VERSION) throw noArchive(`it was written by ${String(program)}, a later version`);
  if (typeof id !== 'string' || !isRunId(id)) throw noArchive('it names no run');
  return { format: FORMAT, version, id, program: String(program) };
}

function parsed(line: string): Line {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw noArchive('it is not an archive of a run');
  return value as Line;
}

function noArchive(what: string, cause?: unknown): RunbookError {
  return environmentError(`the file cannot be imported: ${what}`, undefined, cause);
}
