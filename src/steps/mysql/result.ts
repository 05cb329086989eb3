import type { Json, Row, SqlResult } from '#runbook/model/value.ts';
import { uniqueNames } from '../database/column-names.ts';
import { LONGEST_VALUE, RESULT_LIMITS, type ResultLimits } from '../database/result-limits.ts';
import type { MysqlField } from './values.ts';

/** The server's answer to a statement without rows. */
type Header = { readonly affectedRows?: number };

/**
 * Collects the result of a statement, up to limits; further rows are counted and dropped. If a
 * procedure returns several results, the first with columns counts.
 */
export class MysqlResult<Value> {
  readonly #read: (value: Value, field: MysqlField) => Json;
  readonly #onTooLarge: (() => void) | undefined;
  readonly #limits: ResultLimits;
  #fields: readonly MysqlField[] | undefined;
  #columns: readonly string[] = [];
  readonly #rows: Row[] = [];
  #isFirst = true;
  #received = 0;
  #characters = 0;
  #affected = 0;
  #isFull = false;
  #isTooLarge = false;
  #leftOut = false;

  /**
   * Creates an empty result. `onTooLarge` is called once, when the result exceeds the counted
   * limits; from then on rows are not counted. Without it, all rows are counted.
   */
  constructor(
    read: (value: Value, field: MysqlField) => Json,
    onTooLarge: (() => void) | undefined,
    limits: ResultLimits = RESULT_LIMITS,
  ) {
    this.#read = read;
    this.#onTooLarge = onTooLarge;
    this.#limits = limits;
  }

  /** Adds the columns of the next result; undefined for one without rows. */
  addFields(fields: readonly MysqlField[] | undefined): void {
    this.#isFirst = this.#fields === undefined;
    if (fields === undefined || !this.#isFirst) return;
    this.#fields = fields;
    this.#columns = uniqueNames(fields.map((field) => field.name));
  }

  /** Adds a row, or the answer of a result without rows. */
  add(row: readonly Value[] | Header): void {
    if (isHeader(row)) this.#affected = row.affectedRows ?? 0;
    else if (this.#isFirst) this.#addRow(row);
  }

  /** The result collected so far. */
  get result(): SqlResult {
    return {
      columns: this.#columns,
      rows: this.#rows,
      row_count: this.#fields === undefined ? this.#affected : this.#received,
      ...((this.#isFull || this.#leftOut) && { truncated: true }),
    };
  }

  #addRow(values: readonly Value[]): void {
    if (this.#isTooLarge) return;
    this.#received += 1;
    for (const value of values) this.#characters += sizeOf(value);
    const { rows, characters, countedRows, countedCharacters } = this.#limits;
    const fits = this.#rows.length < rows && this.#characters <= characters;
    this.#isFull ||= !fits && this.#rows.length > 0;
    if (!this.#isFull) this.#rows.push(this.#readRow(values));
    const isMore = this.#received >= countedRows || this.#characters >= countedCharacters;
    if (this.#onTooLarge === undefined || !isMore) return;
    this.#isTooLarge = true;
    this.#onTooLarge();
  }

  #readRow(values: readonly Value[]): Row {
    return Object.fromEntries(
      values.map((value, i) => {
        const column = this.#columns[i] ?? String(i);
        const field = this.#fields?.[i];
        const size = sizeOf(value);
        if (size <= LONGEST_VALUE && field !== undefined) return [column, this.#read(value, field)];
        this.#leftOut = true;
        return [column, `‹${size} bytes left out›`];
      }),
    );
  }
}

function isHeader<Value>(row: readonly Value[] | Header): row is Header {
  return !Array.isArray(row);
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8;
}
