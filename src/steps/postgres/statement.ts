import type { Connection, Submittable } from 'pg';
import type { Json, SqlResult } from '#runbook/model/value.ts';
import { CollectedRows, KEPT_ROWS } from '../database/collected-rows.ts';
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
  readonly #settled = Promise.withResolvers<SqlResult>();
  readonly #rows = new CollectedRows<string | null, Field>({
    unit: 'characters',
    sizeOf: (text) => text?.length ?? 0,
    read: (text, { dataTypeID }) => fromServer(text, dataTypeID),
  });
  #affected = 0;
  #synced = false;

  constructor(text: string, values: readonly Json[], isRead: boolean) {
    this.#text = text;
    this.#values = values;
    this.#isRead = isRead;
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
    this.#rows.setFields(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.add(fields);
  }

  handlePortalSuspended(connection: Connection): void {
    const wire = connection as unknown as Wire;
    if (!this.#rows.isTooLarge) {
      this.#fetch(wire);
      return;
    }
    this.#rows.cut();
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
    this.#settled.resolve(this.#rows.result(this.#affected));
  }

  #fetch(wire: Wire): void {
    wire.execute({ portal: '', rows: this.#isRead ? KEPT_ROWS : 0 });
    if (this.#isRead) wire.flush();
    else this.#sync(wire);
  }

  /** Sends a sync, at most once per statement: a second one would end the next. */
  #sync(wire: Wire): void {
    if (!this.#synced) wire.sync();
    this.#synced = true;
  }
}
