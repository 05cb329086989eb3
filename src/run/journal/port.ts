import type { RecordedEvent, RunEvent } from '#events/log/event.ts';

/** A line of a journal that is not as it was written. */
export type JournalProblem = {
  /** From 1. */
  readonly line: number;
  readonly what: string;
};

/** What reading a journal found out besides its events. */
export type JournalCheck = {
  /** The version of the events, from the first one; `undefined` when there is none. */
  readonly version: number | undefined;
  /** Where the chain is broken; nothing from there on was taken for an event. */
  readonly problems: readonly JournalProblem[];
  /** The length of a last line that was cut off while it was written; 0 when it was not. */
  readonly tornBytes: number;
  /** The hash of the last good line: with it the whole journal can be recognised later. */
  readonly head: string;
};

/** A journal's events, as far as its chain holds. */
export type ReadJournal = JournalCheck & { readonly records: readonly RecordedEvent[] };

/** A run's journal, open for writing by this process and no other. */
export type Journal = {
  /**
   * Takes an event and returns it with its place; `at` is when it happened (ISO), now when left out. It
   * is on its way then, and lost by a crash until {@link durable}. Throws when it cannot be written, and
   * leaves no part of it behind; after a write that may have been lost, every later one throws.
   */
  append(event: RunEvent, at?: string): RecordedEvent;
  /** Resolves when everything that was appended is durable; rejects when it cannot be. */
  durable(): Promise<void>;
  /** Makes everything durable and lets go of the journal; safe to call twice. */
  close(): Promise<void>;
};

/** What a journal is opened with. */
export type OpenOptions = {
  readonly clock: () => Date;
  /**
   * The `head` of a {@link JournalCheck}: the journal is opened only if it still ends there, so nobody
   * continued the run in between, and every line of it was understood.
   */
  readonly after?: string;
};

/** A journal that is read while another process writes it. */
export type FollowedJournal = {
  /**
   * Resolves with the events that were written since the last look. Rejects when a line is not as it was
   * written, when lines are gone, and when a later version of this program wrote the event.
   */
  look(): Promise<readonly RecordedEvent[]>;
  /** Lets go of the journal. */
  close(): void;
};

/** The journal of one run, wherever it is kept. Its lines are those of `line.ts`, byte for byte. */
export type RunJournal = {
  /** Reads all events and checks their chain; rejects when a later version of this program wrote them. */
  read(): Promise<ReadJournal>;
  /**
   * Removes the last line if a crash left it half written, and resolves with what was removed. Rejects
   * when a live process has the journal open.
   */
  repair(): Promise<string | undefined>;
  /** Opens it for writing, or begins it. Rejects when a live process has it open, and see `after`. */
  open(options: OpenOptions): Promise<Journal>;
  /** Opens it to follow what another process writes. */
  follow(): Promise<FollowedJournal>;
  /** Resolves with whether a live process has it open for writing. */
  isWritten(): Promise<boolean>;
};
