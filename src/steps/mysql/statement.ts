import type { EventEmitter } from 'node:events';
import type { Connection, QueryOptions, TypedParameter } from 'mysql2';
import type { Json, SqlResult } from '#runbook/model/value.ts';
import { CollectedRows } from '../database/collected-rows.ts';
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
 * The result of a statement so far. If a procedure returns several results, the first with columns
 * counts.
 */
class MysqlResult<Value> {
  readonly #rows: CollectedRows<Value, MysqlField>;
  readonly #onTooLarge: (() => void) | undefined;
  #isFirst = true;
  #affected = 0;
  #isStopped = false;

  /**
   * Creates an empty result. `onTooLarge` is called once, when the result exceeds the counted
   * limits; from then on rows are not counted. Without it, all rows are counted.
   */
  constructor(
    read: (value: Value, field: MysqlField) => Json,
    onTooLarge: (() => void) | undefined,
  ) {
    this.#rows = new CollectedRows({ unit: 'bytes', sizeOf, read });
    this.#onTooLarge = onTooLarge;
  }

  /** Adds the columns of the next result; undefined for one without rows. */
  addFields(fields: readonly MysqlField[] | undefined): void {
    this.#isFirst = !this.#rows.hasColumns;
    if (fields !== undefined && this.#isFirst) this.#rows.setFields(fields);
  }

  /** Adds a row, or the answer of a result without rows. */
  add(row: readonly Value[] | Header): void {
    if (isHeader(row)) this.#affected = row.affectedRows ?? 0;
    else if (this.#isFirst && !this.#isStopped) this.#addRow(row);
  }

  /** The result collected so far. */
  get result(): SqlResult {
    return this.#rows.result(this.#affected);
  }

  #addRow(values: readonly Value[]): void {
    this.#rows.add(values);
    if (this.#onTooLarge === undefined || !this.#rows.isTooLarge) return;
    this.#isStopped = true;
    this.#rows.cut();
    this.#onTooLarge();
  }
}

function isHeader<Value>(row: readonly Value[] | Header): row is Header {
  return !Array.isArray(row);
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8;
}
