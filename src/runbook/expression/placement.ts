import { endOfQuoted } from '#text/quoted.ts';
import { SQL_QUOTES } from '../model/engines.ts';
import type { PartReader } from '../read/part-reader.ts';
import { offsetInFile } from '../yaml/source.ts';
import type { Template } from './template.ts';

/** The kind of text around a placeholder. */
type Place = 'code' | 'quotes' | 'comment';

/**
 * Returns for each offset of a bash script whether a placeholder there is a word of its own. Inside
 * quotes, here-documents and comments it is not: a quoted word would be spliced into other text.
 * Inside `(( ))`, `[[ ]]`, `${ }` and array indexes bash evaluates words again, quoted or not. If
 * the quoting cannot be followed (a substitution inside double quotes), the rest of the script
 * counts as quoted.
 */
export function shellPlaces(script: string, offsets: readonly number[]): readonly Place[] {
  const places = new Map<number, Place>();
  const wanted = new Set(offsets);
  let state: ShellState = 'code';
  /** The number of open `${`. */
  let open = 0;
  for (let at = 0; at < script.length; at += 1) {
    if (wanted.has(at)) {
      const isEvaluated = open > 0 || INDEX.test(script.slice(Math.max(0, at - 200), at));
      places.set(at, state === 'code' && isEvaluated ? 'quotes' : placeIn(state));
      at = skipPlaceholder(script, at);
      continue;
    }
    if (state === 'code') open = Math.max(0, open + braceAt(script, at));
    if (script[at] === '\\' && state !== 'single' && state !== 'comment') at += 1;
    else state = nextState(state, script, at);
  }
  return offsets.map((offset) => places.get(offset) ?? 'quotes');
}

function placeIn(state: ShellState): Place {
  return state === 'code' || state === 'comment' ? state : 'quotes';
}

/** Returns 1 where an expansion `${` begins, -1 where a brace is closed. */
function braceAt(script: string, at: number): -1 | 0 | 1 {
  if (script.startsWith('${', at)) return 1;
  return script[at] === '}' ? -1 : 0;
}

/** An index that is still open at the end of a text: `name[…`. */
const INDEX = /\w\[[^\]\n]*$/;

type ShellState =
  | 'code'
  | 'comment'
  | 'single'
  | 'ansi'
  | 'double'
  | 'backtick'
  | 'test'
  | 'unreadable';

const CLOSES: Readonly<Partial<Record<ShellState, string>>> = {
  comment: '\n',
  single: "'",
  ansi: "'",
  double: '"',
  backtick: '`',
  test: ']]',
};

function nextState(state: ShellState, script: string, at: number): ShellState {
  if (state === 'code') return fromCode(script, at, script[at] ?? '');
  const close = CLOSES[state];
  if (close !== undefined && script.startsWith(close, at)) return 'code';
  return state === 'double' && substitutes(script.slice(at, at + 80)) ? 'unreadable' : state;
}

/** A command or anything but a plain variable inside double quotes has quoting of its own. */
function substitutes(text: string): boolean {
  return /^(`|\$\(|\$\{(?!\w+\}))/.test(text);
}

function fromCode(script: string, at: number, char: string): ShellState {
  if (char === "'") return script[at - 1] === '$' ? 'ansi' : 'single';
  if (char === '"') return 'double';
  if (char === '`') return 'backtick';
  if (char === '#' && /(^|[\s;|&(])$/.test(script.slice(Math.max(0, at - 1), at))) return 'comment';
  if (script.startsWith('((', at)) return 'unreadable';
  if (script.startsWith('[[', at)) return 'test';
  const hereDocument =
    script.startsWith('<<', at) && script[at + 2] !== '<' && script[at - 1] !== '<';
  return hereDocument ? 'unreadable' : 'code';
}

/**
 * Returns for each offset of an SQL statement whether a bound parameter can stand there. The quoted
 * body of a `DO` block is code as well: its executor passes the values.
 */
export function sqlPlaces(sql: string, offsets: readonly number[]): readonly Place[] {
  const isBlock = /^\s*DO\b/i.test(sql);
  const places = new Map<number, Place>();
  const wanted = new Set(offsets);
  for (let at = 0; at < sql.length; ) {
    if (wanted.has(at)) {
      places.set(at, 'code');
      at = skipPlaceholder(sql, at) + 1;
      continue;
    }
    const end = endOfSqlToken(sql, at, isBlock) ?? at + 1;
    const place = sql[at] === '-' || sql[at] === '/' ? 'comment' : 'quotes';
    for (let inner = at + 1; inner < end; inner += 1)
      if (wanted.has(inner)) places.set(inner, place);
    at = end;
  }
  return offsets.map((offset) => places.get(offset) ?? 'quotes');
}

/** Returns the end of a quoted or commented stretch that starts here, or undefined. */
function endOfSqlToken(sql: string, at: number, isBlock: boolean): number | undefined {
  const until = (text: string, from: number): number => {
    const found = sql.indexOf(text, from);
    return found === -1 ? sql.length : found + text.length;
  };
  if (sql.startsWith('--', at)) return until('\n', at);
  if (sql.startsWith('/*', at)) return until('*/', at + 2);
  const char = sql.charAt(at);
  if (SQL_QUOTES.has(char)) {
    const escapes = char === "'" && /(^|[^\w])e$/i.test(sql.slice(Math.max(0, at - 2), at));
    return endOfQuoted(sql, at, escapes) ?? sql.length;
  }
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(
    sql.slice(at, at + 64),
  )?.[0];
  if (tag === undefined) return undefined;
  return isBlock ? at + tag.length : until(tag, at + tag.length);
}

function skipPlaceholder(text: string, at: number): number {
  const end = text.indexOf('}}', at);
  return end === -1 ? at : end + 1;
}

/** Reports the placeholders of a statement or script in positions where no value is possible. */
export function checkPlaces(
  template: Template,
  places: (text: string, offsets: readonly number[]) => readonly Place[],
  reader: PartReader,
): void {
  const found = places(
    template.text,
    template.placeholders.map(({ at }) => at),
  );
  for (const [index, placeholder] of template.placeholders.entries()) {
    if (found[index] === 'code') continue;
    const start = offsetInFile(template, placeholder.at);
    reader.report(
      'placeholder-in-quotes',
      { start, end: start + placeholder.length },
      'a placeholder must stand alone as one word or value',
      'leave the quotes out; in a script, pass it through env: and write "$NAME"',
    );
  }
}
