import type { EventEmitter } from 'node:events';
import type { Connection, QueryOptions, TypedParameter } from 'mysql2';
import type { Json, Row, SqlResult } from '#runbook/model/value.ts';
import {
  LONGEST_VALUE,
  RESULT_LIMITS,
  type ResultLimits,
  uniqueNames,
} from '../database/result.ts';
import type { MysqlBound } from './placeholders.ts';
import { fromMysqlBinary, fromMysqlText, type MysqlField } from './values.ts';

/** A statement in progress. */
export type MysqlSent = {
  /** Settles when the server has answered. Rejects with mysql2's error. */
  readonly done: Promise<void>;
  /** Returns the result received so far. */
  readonly result: () => SqlResult;
};

/**
 * Sends one statement. Without values it is sent as text, and the server returns every value as
 * text; with values it is prepared, and the values are sent separately. The server refuses a text
 * with two statements either way. For `onTooLarge` see {@link MysqlResult}.
 */
export function sendMysqlStatement(
  driver: Connection,
  bound: MysqlBound,
  onTooLarge: (() => void) | undefined,
  parameter: TypedParameter,
): MysqlSent {
  if (bound.values.length === 0) {
    const result = new MysqlResult(fromMysqlText, onTooLarge);
    const command = driver.query({ sql: bound.text, typeCast: false });
    return { done: collect(driver, command, result), result: () => result.result };
  }
  const result = new MysqlResult(fromMysqlBinary, onTooLarge);
  const options: QueryOptions = { sql: bound.text, typeCast: keepGeometry };
  const values = bound.values.map((value) => toMysqlParameter(value, parameter));
  const command = driver.execute({ ...options, values });
  const done = collect(driver, command, result).finally(() => driver.unprepare(bound.text));
  return { done, result: () => result.result };
}

/**
 * Converts a value to a parameter. Integers are typed: mysql2 sends numbers as doubles, which
 * `LIMIT` and settings do not accept.
 */
function toMysqlParameter(value: Json, parameter: TypedParameter) {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return parameter.LONGLONG(value);
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
}

type TypeCast = Exclude<QueryOptions['typeCast'], boolean | undefined>;

const keepGeometry: TypeCast = (field, next) =>
  field.type === 'GEOMETRY' ? field.buffer() : next();

/**
 * Resolves when a command has ended. It listens to the connection too: on a loss, mysql2 does not
 * notify the command.
 */
function collect<Value>(
  driver: Connection,
  command: EventEmitter,
  result: MysqlResult<Value>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  driver.once('error', reject);
  command.on('fields', (fields: readonly MysqlField[] | undefined) => result.addFields(fields));
  command.on('result', (row: readonly Value[]) => result.add(row));
  command.once('error', reject);
  command.once('end', resolve);
  return promise.finally(() => driver.off('error', reject));
}

/** The server's answer to a statement without rows. */
type Header = { readonly affectedRows?: number };

/**
 * Collects the result of a statement, up to limits; further rows are counted and dropped. If a
 * procedure returns several results, the first with columns counts.
 */
class MysqlResult<Value> {
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
