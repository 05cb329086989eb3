import type { Json } from '#runbook/model/value.ts';
import { exactDecimal, exactDouble, exactInteger } from '../database/exact-number.ts';

/** A column as mysql2 describes it. */
export type MysqlField = {
  readonly name: string;
  readonly columnType: number;
  /** The collation; 63 for binary data. */
  readonly characterSet: number;
  /** The digits after the second of a time; more than 6 has no meaning. */
  readonly decimals: number;
  /** MariaDB's extended type of a text, e.g. `json`. */
  readonly extendedFormat?: string | undefined;
};

/** The numbers of column types in the protocol. */
const TYPE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  time: 11,
  datetime: 12,
  year: 13,
  bit: 16,
  json: 245,
  newdecimal: 246,
  geometry: 255,
} as const;

const BYTES = 63;

/** The types whose values are bytes: text or binary, depending on the character set. */
const STRINGS: ReadonlySet<number> = new Set([15, 247, 248, 249, 250, 251, 252, 253, 254]);

/** Reads a value from the server's text protocol (no values were bound). */
export function fromMysqlText(bytes: Buffer | null, field: MysqlField): Json {
  if (bytes === null) return null;
  if (isBinary(field)) return fromBytes(bytes, field);
  return fromText(bytes.toString('utf8'), field);
}

/** Reads a value from mysql2's result of the binary protocol (values were bound). */
export function fromMysqlBinary(value: unknown, field: MysqlField): Json {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return fromBytes(value, field);
  if (typeof value === 'number')
    return field.columnType === TYPE.float ? shortestFloat(value) : value;
  return fromText(withDecimals(String(value), field), field);
}

function isBinary({ columnType, characterSet, extendedFormat }: MysqlField): boolean {
  if (columnType === TYPE.bit || columnType === TYPE.geometry) return true;
  return STRINGS.has(columnType) && characterSet === BYTES && extendedFormat === undefined;
}

/**
 * Reads a value from text. A value without a JSON type stays text: a Date would lose microseconds.
 */
function fromText(text: string, { columnType, extendedFormat }: MysqlField): Json {
  if (extendedFormat === 'json') return readJson(text) ?? text;
  return READERS[columnType]?.(text) ?? text;
}

/** Readers by column type. They return undefined for a text without an exact value. */
const READERS: Readonly<Record<number, (text: string) => Json | undefined>> = {
  [TYPE.decimal]: exactDecimal,
  [TYPE.tiny]: exactInteger,
  [TYPE.short]: exactInteger,
  [TYPE.long]: exactInteger,
  [TYPE.float]: exactDouble,
  [TYPE.double]: exactDouble,
  [TYPE.longlong]: exactInteger,
  [TYPE.int24]: exactInteger,
  [TYPE.year]: exactInteger,
  [TYPE.json]: readJson,
  [TYPE.newdecimal]: exactDecimal,
};

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Converts bytes: valid UTF-8 to text, other bytes to `0x…`, bits to their number. */
function fromBytes(bytes: Buffer, { columnType }: MysqlField): Json {
  const hex = `0x${bytes.toString('hex')}`;
  if (columnType === TYPE.bit) return exactInteger(hex) ?? hex;
  if (columnType === TYPE.geometry) return hex;
  try {
    const text = UTF_8.decode(bytes);
    return /[^\P{Cc}\t\n\r]/u.test(text) ? hex : text;
  } catch {
    return hex;
  }
}

/**
 * Returns the shortest number that is the same 32-bit float. As a double it would have spurious
 * digits.
 */
function shortestFloat(float: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(float.toPrecision(digits));
    if (Math.fround(shorter) === float) return shorter;
  }
  return float;
}

/** Restores trailing zeros of fractional seconds, which the server writes and mysql2 drops. */
function withDecimals(text: string, { columnType, decimals }: MysqlField): string {
  const isTime =
    columnType === TYPE.time || columnType === TYPE.datetime || columnType === TYPE.timestamp;
  if (!isTime || decimals < 1 || decimals > 6) return text;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
}
