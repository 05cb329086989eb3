import type { RecordedEvent, RunEvent } from '#events/log/event.ts';

/** An invalid line of a journal. */
export type JournalProblem = {
  /** From 1. */
  readonly line: number;
  readonly what: string;
};

/** The result of reading a journal besides its events. */
export type JournalCheck = {
  /** The version of the events, from the first one; `undefined` if there is none. */
  readonly version: number | undefined;
  /** The places where the chain is broken; nothing after them was read as an event. */
  readonly problems: readonly JournalProblem[];
  /** The length of a partly written last line; 0 if there is none. */
  readonly tornBytes: number;
  /** The hash of the last valid line, which identifies the whole journal. */
  readonly head: string;
};

/** A journal's events, as far as its chain is valid. */
export type ReadJournal = JournalCheck & { readonly records: readonly RecordedEvent[] };

/** A run's journal, locked for writing by this process. */
export type Journal = {
  /**
   * Appends an event and returns it with its sequence number; `at` is its time (ISO), by default
   * now. A crash may lose it until {@link durable} resolves. Throws if it cannot be written, and
   * leaves no part of it behind; after a write that may have been lost, every later one throws.
   */
  append(event: RunEvent, at?: string): RecordedEvent;
  /** Resolves once everything appended is durable; rejects if that fails. */
  durable(): Promise<void>;
  /** Makes everything durable and closes the journal; idempotent. */
  close(): Promise<void>;
};

/** The options of opening a journal. */
export type OpenOptions = {
  readonly clock: () => Date;
  /**
   * The `head` of a {@link JournalCheck}: the journal is opened only if it still ends there, so
   * that no other process has continued the run and every line was understood.
   */
  readonly after?: string;
};

/** A journal that another process writes. */
export type FollowedJournal = {
  /** Resolves with the whole lines written since the last poll; rejects if lines are gone. */
  look(): Promise<Buffer>;
  /** Closes the journal. */
  close(): void;
};

/** The journal of one run, in any storage. Its lines are those of `line.ts`, byte for byte. */
export type RunJournal = {
  /** Resolves with its lines, with a partly written last one; rejects if it cannot be read. */
  bytes(): Promise<Buffer>;
  /**
   * Removes a partly written last line, and resolves with it. Rejects if a live process has the
   * journal open.
   */
  repair(): Promise<string | undefined>;
  /**
   * Opens it for writing, or creates it. Rejects if a live process has it open; see also `after`.
   */
  open(options: OpenOptions): Promise<Journal>;
  /** Opens it to follow the lines that another process writes. */
  follow(): Promise<FollowedJournal>;
  /** Resolves with whether a live process has it open for writing. */
  isWritten(): Promise<boolean>;
};
