import type { Json } from '#runbook/model/value.ts';
import { exactDecimal, exactDouble, exactInteger } from '../database/exact-number.ts';

/**
 * Converts a value to the text it is bound as; null stays null. The server infers the type from the
 * context.
 */
export function toParameter(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Reads a value from the server's text, by the OID of its type in `pg_type`. */
export function fromServer(text: string | null, type: number): Json {
  if (text === null) return null;
  const element = ELEMENT_TYPES[type];
  if (element !== undefined) return readArray(text, element) ?? text;
  return READERS[type]?.(text) ?? text;
}

/**
 * Readers of the types that have a JSON equivalent. All others stay the server's text, above all
 * timestamps: a JavaScript Date would lose their microseconds. A reader returns undefined for a
 * text without an exact value.
 */
const READERS: Readonly<Record<number, (text: string) => Json | undefined>> = {
  16: (text) => text === 't',
  20: exactInteger,
  21: exactInteger,
  23: exactInteger,
  26: exactInteger,
  114: readJson,
  700: exactDouble,
  701: exactDouble,
  1700: exactDecimal,
  3802: readJson,
};

/** The element types of array types. Arrays of other types stay text. */
const ELEMENT_TYPES: Readonly<Record<number, number>> = {
  199: 114,
  1000: 16,
  1003: 19,
  1005: 21,
  1007: 23,
  1009: 25,
  1015: 1043,
  1016: 20,
  1021: 700,
  1022: 701,
  1028: 26,
  1041: 869,
  1115: 1114,
  1182: 1082,
  1185: 1184,
  1231: 1700,
  2951: 2950,
  3807: 3802,
};

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const ARRAY_TOKEN = /"((?:[^"\\]|\\.)*)"|([^{},"]+)|([{},])/gs;

/** Parses `{a,"b c",NULL,{…}}`. Returns undefined if the brackets are unbalanced. */
function readArray(text: string, element: number): Json | undefined {
  const body = text.replace(/^(?:\[-?\d+:-?\d+\])+=/, '');
  const outer: Json[] = [];
  const open: Json[][] = [outer];
  for (const [, quoted, bare, mark] of body.matchAll(ARRAY_TOKEN)) {
    const current = open.at(-1);
    if (current === undefined) return undefined;
    if (mark === '{') {
      const inner: Json[] = [];
      current.push(inner);
      open.push(inner);
    } else if (mark === '}') open.pop();
    else if (quoted !== undefined)
      current.push(fromServer(quoted.replace(/\\(.)/gs, '$1'), element));
    else if (bare !== undefined) current.push(bare === 'NULL' ? null : fromServer(bare, element));
  }
  return open.length === 1 ? outer[0] : undefined;
}
