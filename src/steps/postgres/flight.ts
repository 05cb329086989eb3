import type { Connection, Submittable } from 'pg';
import type { Json, SqlResult } from '#runbook/model/value.ts';
import { COUNTED_ROWS, CollectedRows } from '../database/collected-rows.ts';
import { fromServer, toParameter } from './values.ts';

/** The part of pg's connection that a flight uses. */
type Wire = {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { text: string; name: string; types: readonly number[] }): void;
  bind(message: { portal: string; statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  sendCopyFail(reason: string): void;
  flush(): void;
  sync(): void;
};

type Field = { readonly name: string; readonly dataTypeID: number };

/** A statement of a flight, with the values that are sent beside it. */
export type FlownStatement = { readonly text: string; readonly values?: readonly Json[] };

/** The statements around the one of a flight, and the limit of its rows. */
type FlightOptions = {
  readonly before?: readonly FlownStatement[];
  readonly after?: readonly FlownStatement[];
  /**
   * Called once when a read has returned too much, to end it at the server. Without it, the statement
   * runs to its end, however much it returns: rows beyond the limits are dropped.
   */
  readonly onTooLarge?: (() => void) | undefined;
};

/**
 * One statement and those around it, sent together and answered in one round trip. After an error the
 * server skips what is left of them. They use the extended protocol: the server refuses a text with
 * two statements, and values are sent separately. pg's own `Query` builds every row in memory, loses
 * columns of the same name, and turns timestamps into Dates.
 */
export class Flight implements Submittable {
  readonly #statements: readonly FlownStatement[];
  readonly #kept: number;
  readonly #onTooLarge: (() => void) | undefined;
  readonly #settled = Promise.withResolvers<SqlResult>();
  readonly #rows = new CollectedRows<string | null, Field>({
    unit: 'characters',
    sizeOf: (text) => text?.length ?? 0,
    read: (text, { dataTypeID }) => fromServer(text, dataTypeID),
  });
  #answered = 0;
  #affected = 0;
  #isStopped = false;
  #first: readonly (string | null)[] | undefined;

  constructor(statement: FlownStatement, options: FlightOptions = {}) {
    const { before = [], after = [], onTooLarge } = options;
    this.#statements = [...before, statement, ...after];
    this.#kept = before.length;
    this.#onTooLarge = onTooLarge;
    // The caller may stop waiting before it fails.
    this.#settled.promise.catch(() => {});
  }

  /** Settles when the server has answered and is ready for the next statement. */
  get result(): Promise<SqlResult> {
    return this.#settled.promise;
  }

  /** The rows received so far. */
  get received(): SqlResult {
    return this.#rows.result(this.#affected);
  }

  /** The first row that the statements before the statement have returned. */
  get firstRow(): readonly (string | null)[] | undefined {
    return this.#first;
  }

  /** Returns whether the server has answered all that comes before the statement. */
  get hasBegun(): boolean {
    return this.#answered >= this.#kept;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    for (const [index, { text, values = [] }] of this.#statements.entries()) {
      const isKept = index === this.#kept;
      // Otherwise the answers so far would wait for those of the statement.
      if (isKept && index > 0) wire.flush();
      wire.parse({ text, name: '', types: [] });
      wire.bind({ portal: '', statement: '', values: values.map(toParameter) });
      if (isKept) wire.describe({ type: 'P', name: '' });
      const isLimited = isKept && this.#onTooLarge !== undefined;
      wire.execute({ portal: '', rows: isLimited ? COUNTED_ROWS : 0 });
    }
    wire.sync();
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#rows.setFields(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.#answered !== this.#kept) {
      this.#first ??= fields;
      return;
    }
    if (this.#isStopped) return;
    this.#rows.add(fields);
    if (this.#onTooLarge === undefined || !this.#rows.isTooWide) return;
    this.#isStopped = true;
    this.#rows.cut();
    this.#onTooLarge();
  }

  /** The limit of the rows is reached. */
  handlePortalSuspended(): void {
    this.#rows.cut();
    this.#answered += 1;
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    if (this.#answered === this.#kept) this.#affected = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#answered += 1;
  }

  handleEmptyQuery(): void {
    this.#answered += 1;
  }

  handleCopyInResponse(connection: Connection): void {
    // Any message but a sync ends the copy: what follows in the flight does.
    if (this.#kept < this.#statements.length - 1) return;
    const wire = connection as unknown as Wire;
    wire.sendCopyFail('a runbook has no data to copy');
    // A server that waits for data has discarded the sync sent with the statement.
    wire.sync();
  }

  handleCopyData(): void {}

  handleError(error: unknown): void {
    this.#settled.reject(error);
  }

  handleReadyForQuery(): void {
    this.#settled.resolve(this.received);
  }
}
