import type { Json } from '#runbook/model/value.ts';
import { exactDecimal, exactDouble, exactInteger } from '../database/exact-number.ts';

/** A column as mysql2 describes it. */
export type MysqlField = {
  readonly name: string;
  readonly columnType: number;
  /** 63 for bytes that are no text. */
  readonly characterSet: number;
  /** Digits after the second of a time; more than 6 when that means nothing. */
  readonly decimals: number;
  /** What MariaDB says of a text that is more, e.g. `json`. */
  readonly extendedFormat?: string | undefined;
};

/** Numbers of column types in the protocol. */
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

/** Types whose values are bytes, of text or of anything, by their character set. */
const STRINGS: ReadonlySet<number> = new Set([15, 247, 248, 249, 250, 251, 252, 253, 254]);

/** Reads a value from the bytes in which the server writes it for people (no values were bound). */
export function fromMysqlText(bytes: Buffer | null, field: MysqlField): Json {
  if (bytes === null) return null;
  if (isBinary(field)) return fromBytes(bytes, field);
  return fromText(bytes.toString('utf8'), field);
}

/** Reads a value from what mysql2 makes of the binary protocol (values were bound). */
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

/** All that has no value of its own in JSON stays text: a Date would lose microseconds. */
function fromText(text: string, { columnType, extendedFormat }: MysqlField): Json {
  if (extendedFormat === 'json') return readJson(text) ?? text;
  return READERS[columnType]?.(text) ?? text;
}

/** A reader returns undefined for a text that has no exact value. */
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

/** Bytes that are text arrive as text, others as `0x…`; bits as the number they are. */
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

/** The shortest number that is the same float; as a double it would have digits nobody wrote. */
function shortestFloat(float: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(float.toPrecision(digits));
    if (Math.fround(shorter) === float) return shorter;
  }
  return float;
}

/** mysql2 leaves out zeros at the end of a second's fraction, which the server writes. */
function withDecimals(text: string, { columnType, decimals }: MysqlField): string {
  const isTime =
    columnType === TYPE.time || columnType === TYPE.datetime || columnType === TYPE.timestamp;
  if (!isTime || decimals < 1 || decimals > 6) return text;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
}
