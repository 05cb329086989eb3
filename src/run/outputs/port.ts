const OUTPUT_PATH = /^outputs\/[A-Za-z0-9][\w.-]*$/;

/**
 * Returns whether a name in a record is that of an output. Only a modified journal contains others.
 */
export function isOutputPath(file: string): boolean {
  return OUTPUT_PATH.test(file);
}

/** One output that is being stored. */
export type OutputWriter = {
  /** Its path in records, e.g. `outputs/look.1.action.1.stdout`. */
  readonly file: string;
  /** Stores bytes and returns their number: fewer than given if storage fails. Never throws. */
  write(bytes: Buffer): number;
  /** Resolves once the written bytes are durable, or cannot be: its digest shows a loss. */
  durable(): Promise<void>;
  close(): void;
};

/** The storage of the outputs of a run, which are already masked. */
export type OutputSink = {
  /** Creates an output of this name; adds a number if it exists. Throws if none can be stored. */
  begin(name: string): OutputWriter;
};

/** Read access to the outputs of a run, also while they grow. */
export type OutputSource = {
  /** Resolves with the names of the stored outputs, sorted. */
  names(): Promise<readonly string[]>;
  /** Resolves with the stored size of an output in bytes, or `undefined` if it does not exist. */
  size(file: string): Promise<number | undefined>;
  /** Resolves with a part of an output; rejects when it cannot be read. */
  read(file: string, start: number, length: number): Promise<Buffer>;
  /** Returns the location of the whole output for a person, e.g. its path. */
  whereIs(file: string): string;
};

const PIECE_BYTES = 384 * 1024;

/** Reads a stored output in pieces, in bounded memory. Rejects if it cannot be read. */
export async function* outputPieces(source: OutputSource, file: string): AsyncGenerator<Buffer> {
  const size = (await source.size(file)) ?? 0;
  for (let at = 0; at < size; ) {
    const piece = await source.read(file, at, Math.min(PIECE_BYTES, size - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** The outputs of one run. */
export type RunOutputs = { readonly sink: OutputSink; readonly source: OutputSource };
