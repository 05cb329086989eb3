const OUTPUT_PATH = /^outputs\/[A-Za-z0-9][\w.-]*$/;

/** Returns whether a name in a record is that of an output. Only a journal that was tampered with has others. */
export function isOutputPath(file: string): boolean {
  return OUTPUT_PATH.test(file);
}

/** One output that is being kept. */
export type OutputWriter = {
  /** Where it is kept, as records name it, e.g. `outputs/look.1.action.1.stdout`. */
  readonly file: string;
  /** Keeps bytes and returns how many: fewer than given when no more can be kept. Never throws. */
  write(bytes: Buffer): number;
  /** Resolves when what was written is durable, or never can be: its digest shows what was lost. */
  durable(): Promise<void>;
  close(): void;
};

/** Where the outputs of a run are kept: they are masked before they come here. */
export type OutputSink = {
  /** Begins an output of this name; adds a number when it is taken. Throws when none can be kept. */
  begin(name: string): OutputWriter;
};

/** Where the outputs of a run are read, also while they grow. */
export type OutputSource = {
  /** Resolves with how many bytes of an output are kept, or `undefined` when it is not there. */
  size(file: string): Promise<number | undefined>;
  /** Resolves with a part of an output; rejects when it cannot be read. */
  read(file: string, start: number, length: number): Promise<Buffer>;
  /** Returns how a person finds the whole of an output, e.g. its path. */
  whereIs(file: string): string;
};

/** The outputs of one run. */
export type RunOutputs = { readonly sink: OutputSink; readonly source: OutputSource };
