import type { Json, Row, SqlResult } from '#runbook/model/value.ts';

/** The rows that are kept. */
const KEPT_ROWS = 1_000;
const KEPT_CHARACTERS = 1024 * 1024;

/** A read is stopped at these counts. Up to them, dropped rows are still counted. */
export const COUNTED_ROWS = 100_000;
const COUNTED_CHARACTERS = 16 * 1024 * 1024;

/** The maximum length of a value. A longer one is replaced by a note of its length. */
const LONGEST_VALUE = 256 * 1024;

/** How a driver's values are measured and read. */
type ValueReader<Value, Field> = {
  readonly unit: 'bytes' | 'characters';
  sizeOf(value: Value): number;
  read(value: Value, field: Field): Json;
};

/** The rows of a result, kept up to limits; further rows are counted and dropped. */
export class CollectedRows<Value, Field extends { readonly name: string }> {
  readonly #reader: ValueReader<Value, Field>;
  readonly #rows: Row[] = [];
  #fields: readonly Field[] = [];
  #columns: readonly string[] = [];
  #received = 0;
  #characters = 0;
  /** No further row is kept. */
  #isFull = false;
  #isCut = false;

  constructor(reader: ValueReader<Value, Field>) {
    this.#reader = reader;
  }

  /** False before the columns are known, and for a statement without rows. */
  get hasColumns(): boolean {
    return this.#columns.length > 0;
  }

  /** True once so much was received that a read has to be stopped. */
  get isTooLarge(): boolean {
    return this.#received >= COUNTED_ROWS || this.isTooWide;
  }

  /** True once a read has to be stopped for its size, however few its rows are. */
  get isTooWide(): boolean {
    return this.#characters >= COUNTED_CHARACTERS;
  }

  setFields(fields: readonly Field[]): void {
    this.#fields = fields;
    this.#columns = uniqueNames(fields.map((field) => field.name));
  }

  add(values: readonly Value[]): void {
    this.#received += 1;
    for (const value of values) this.#characters += this.#reader.sizeOf(value);
    const fits = this.#rows.length < KEPT_ROWS && this.#characters <= KEPT_CHARACTERS;
    this.#isFull ||= !fits && this.#rows.length > 0;
    if (!this.#isFull) this.#rows.push(this.#readRow(values));
  }

  /** Marks the result as incomplete: the server has more rows. */
  cut(): void {
    this.#isCut = true;
  }

  /** Returns what was collected so far; `affected` is the count of a statement without rows. */
  result(affected: number): SqlResult {
    return {
      columns: this.#columns,
      rows: this.#rows,
      row_count: this.hasColumns ? this.#received : affected,
      ...((this.#isFull || this.#isCut) && { truncated: true }),
    };
  }

  #readRow(values: readonly Value[]): Row {
    const { unit, sizeOf, read } = this.#reader;
    return Object.fromEntries(
      values.map((value, i) => {
        const column = this.#columns[i] ?? String(i);
        const field = this.#fields[i];
        const size = sizeOf(value);
        if (size <= LONGEST_VALUE && field !== undefined) return [column, read(value, field)];
        this.#isCut = true;
        return [column, `‹${size} ${unit} left out›`];
      }),
    );
  }
}

/** Makes column names unique: a repeated name gets a number. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique); n += 1) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  });
}
