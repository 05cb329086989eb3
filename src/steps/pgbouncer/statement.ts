import type { Connection, Submittable } from 'pg';
import type { SqlResult } from '#runbook/model/value.ts';
import { CollectedRows } from '../database/collected-rows.ts';
import { fromServer } from '../postgres/values.ts';

type Field = { readonly name: string; readonly dataTypeID: number };

/** One command of the console, run through the simple protocol, the only one it has. */
export class ConsoleStatement implements Submittable {
  readonly #text: string;
  readonly #settled = Promise.withResolvers<SqlResult>();
  readonly #rows = new CollectedRows<string | null, Field>({
    unit: 'characters',
    sizeOf: (text) => text?.length ?? 0,
    read: (text, { dataTypeID }) => fromServer(text, dataTypeID),
  });

  constructor(text: string) {
    this.#text = text;
    // The caller may stop waiting before it fails.
    this.#settled.promise.catch(() => {});
  }

  /** Settles when the console has answered and is ready for the next command. */
  get result(): Promise<SqlResult> {
    return this.#settled.promise;
  }

  submit(connection: Connection): void {
    (connection as unknown as { query(text: string): void }).query(this.#text);
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#rows.setFields(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.add(fields);
  }

  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}

  handleError(error: unknown): void {
    this.#settled.reject(error);
  }

  handleReadyForQuery(): void {
    this.#settled.resolve(this.#rows.result(0));
  }
}
