import type { Connection, Submittable } from 'pg';
import type { Json, Row, SqlResult } from '#runbook/model/value.ts';
import {
  LONGEST_VALUE,
  RESULT_LIMITS,
  type ResultLimits,
  uniqueNames,
} from '../database/result.ts';
import { fromServer, toParameter } from './values.ts';

/** The part of pg's connection that a statement uses. */
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

/**
 * One statement, run through the extended protocol: the server refuses a text with two, and values
 * are sent separately. It replaces pg's own `Query`, which builds every row in memory, loses
 * columns of the same name, and turns timestamps into Dates.
 *
 * A read is fetched through its portal in batches and stopped at the limits, so that the server
 * stops producing rows. A change always runs to its end, however much it returns: rows beyond the
 * limits are dropped.
 */
export class Statement implements Submittable {
  readonly #text: string;
  readonly #values: readonly Json[];
  readonly #isRead: boolean;
  readonly #limits: ResultLimits;
  readonly #settled = Promise.withResolvers<SqlResult>();
  #fields: readonly Field[] = [];
  #columns: readonly string[] = [];
  readonly #rows: Row[] = [];
  #received = 0;
  #characters = 0;
  #affected = 0;
  #full = false;
  #leftOut = false;
  #synced = false;

  constructor(
    text: string,
    values: readonly Json[],
    isRead: boolean,
    limits: ResultLimits = RESULT_LIMITS,
  ) {
    this.#text = text;
    this.#values = values;
    this.#isRead = isRead;
    this.#limits = limits;
    // The caller may stop waiting before it fails.
    this.#settled.promise.catch(() => {});
  }

  /** Settles when the server has answered and is ready for the next statement. */
  get result(): Promise<SqlResult> {
    return this.#settled.promise;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    wire.parse({ text: this.#text, name: '', types: [] });
    wire.bind({ portal: '', statement: '', values: this.#values.map(toParameter) });
    wire.describe({ type: 'P', name: '' });
    this.#fetch(wire);
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#fields = fields;
    this.#columns = uniqueNames(fields.map((field) => field.name));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#received += 1;
    for (const field of fields) this.#characters += field?.length ?? 0;
    const { rows, characters } = this.#limits;
    const fits = this.#rows.length < rows && this.#characters <= characters;
    this.#full ||= !fits && this.#rows.length > 0;
    if (!this.#full) this.#rows.push(this.#readRow(fields));
  }

  handlePortalSuspended(connection: Connection): void {
    const wire = connection as unknown as Wire;
    const { countedRows, countedCharacters } = this.#limits;
    if (this.#received < countedRows && this.#characters < countedCharacters) {
      this.#fetch(wire);
      return;
    }
    this.#full = true;
    this.#sync(wire);
  }

  handleCommandComplete({ text }: { readonly text: string }, connection: Connection): void {
    this.#affected = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#sync(connection as unknown as Wire);
  }

  handleEmptyQuery(connection: Connection): void {
    this.#sync(connection as unknown as Wire);
  }

  handleCopyInResponse(connection: Connection): void {
    (connection as unknown as Wire).sendCopyFail('a runbook has no data to copy');
    // A server that waits for data has discarded the sync sent with the statement.
    this.#synced = false;
  }

  handleCopyData(): void {}

  handleError(error: unknown, connection: Connection): void {
    this.#settled.reject(error);
    this.#sync(connection as unknown as Wire);
  }

  handleReadyForQuery(): void {
    const returnsRows = this.#columns.length > 0;
    this.#settled.resolve({
      columns: this.#columns,
      rows: this.#rows,
      row_count: returnsRows ? this.#received : this.#affected,
      ...((this.#full || this.#leftOut) && { truncated: true }),
    });
  }

  #fetch(wire: Wire): void {
    wire.execute({ portal: '', rows: this.#isRead ? this.#limits.rows : 0 });
    if (this.#isRead) wire.flush();
    else this.#sync(wire);
  }

  /** Sends a sync, at most once per statement: a second one would end the next. */
  #sync(wire: Wire): void {
    if (!this.#synced) wire.sync();
    this.#synced = true;
  }

  #readRow(values: readonly (string | null)[]): Row {
    return Object.fromEntries(
      values.map((value, i) => {
        const column = this.#columns[i] ?? String(i);
        if (value !== null && value.length > LONGEST_VALUE) {
          this.#leftOut = true;
          return [column, `‹${value.length} characters left out›`];
        }
        return [column, fromServer(value, this.#fields[i]?.dataTypeID ?? 0)];
      }),
    );
  }
}
