import { type Entry, readCsvRecord, readKlogLine } from './headed-lines.ts';

/** A text of a record that is judged by itself: no rule reads across two of them. */
type Field = {
  readonly text: string;
  /** The line of the record it is from, from 0. */
  readonly line: number;
};

/** The fields of a structured record in which a program says something. */
type Fields = {
  readonly said: readonly Field[];
  /** True if the record says of itself that it is informational. */
  readonly isQuiet: boolean;
};

/**
 * Returns the fields of a record in JSON, logfmt, klog or PostgreSQL's CSV, with what stands around
 * them; undefined if no line of it is structured. Messages, errors, traces and codes are read; names, states, statements
 * and counts are not.
 */
export function readFields(record: string): Fields | undefined {
  if (!MAY_BE_STRUCTURED.test(record)) return undefined;
  // Its texts have line ends of their own, and those of the statement are not lines of the log.
  const whole = readCsvRecord(record);
  if (whole !== undefined)
    return { said: whole.said.map((text) => ({ text, line: 0 })), isQuiet: isQuiet(whole.levels) };
  const lines = record.split('\n').map((line) => entryOf(line));
  if (lines.every((entry) => entry === undefined)) return undefined;
  const said: Field[] = [];
  let plain: string[] = [];
  const endPlain = (line: number) => {
    if (plain.length > 0) said.push({ text: plain.join('\n'), line: line - plain.length });
    plain = [];
  };
  for (const [index, text] of record.split('\n').entries()) {
    const entry = lines[index];
    if (entry === undefined) plain.push(text);
    else {
      endPlain(index);
      said.push(...entry.said.map((it) => ({ text: it, line: index })));
    }
  }
  endPlain(lines.length);
  const levels = lines.flatMap((entry) => entry?.levels ?? []);
  return { said, isQuiet: isQuiet(levels) };
}

function isQuiet(levels: readonly string[]): boolean {
  return levels.length > 0 && levels.every((level) => QUIET.test(level));
}

const MAY_BE_STRUCTURED = /\{\s*"|[\w.@-]=["\w]|^[IWEF]\d{4} |,[A-Z]+\d?,[\dA-Z]{5},"/m;
const QUIET = /^(?:info|debug|trace|verbose|notice$|[123]0$)/i;

/** Names of fields in lower case, letters only, in which programs write what happened. */
const SAYS =
  /^(?:m|x|mt|msg|message|log|event|text|body|content|(?:short|full|log|rendered|sql|error|err|exception)message|errmsg|textpayload|details?|hint|err|errors?|exceptions?|exc|exc(?:info|text)|thrown|(?:extended)?stack(?:trace)?|backtrace|traceback|causes?|rootcause|reason|description|summary|output|stderr|failure)$/;
const CODE =
  /^(?:code|errno|errcode|err(?:or)?(?:code|number)|sqlstate|(?:sql)?statecode|errsymbol)$/;
/** Fields that tell the type of an error, within one. */
const TYPE = /^(?:name|type|class|kind)$/;
const ERROR = /^(?:err|errors?|exceptions?|thrown|causes?|rootcause)$/;
const LEVEL = /^(?:l|lvl|level|levelname|loglevel|severity|severitytext|errorseverity)$/;

function entryOf(line: string): Entry | undefined {
  return readKlogLine(line, entryOfPairs) ?? entryOfJson(line) ?? entryWithLevel(line);
}

function entryOfJson(line: string): Entry | undefined {
  const start = line.indexOf('{');
  if (start !== -1 && line.trimEnd().endsWith('}')) {
    const value = parsed(line.slice(start));
    const entry = value === undefined ? undefined : read(value, []);
    if (entry !== undefined && entry.said.length > 0) {
      const before = line.slice(0, start).trim();
      return before === '' ? entry : { ...entry, said: [before, ...entry.said] };
    }
  }
  return undefined;
}

/** A line of logfmt has a level; without one, it is any text with "=" in it. */
function entryWithLevel(line: string): Entry | undefined {
  if (!LOGFMT.test(line)) return undefined;
  const entry = entryOfPairs(line);
  return entry.said.length > 0 && entry.levels.length > 0 ? entry : undefined;
}

function entryOfPairs(line: string): Entry {
  return join(
    [...line.matchAll(PAIR)].map(([, key = '', quoted, bare = '']) =>
      read(quoted === undefined ? bare : (parsed(quoted) ?? quoted.slice(1, -1)), [key]),
    ),
  );
}

const LOGFMT =
  /(?:^|\s)[\w.@-]+=(?:"(?:\\.|[^"\\])*"|[^\s"]*)(?: +[\w.@-]+=(?:"(?:\\.|[^"\\])*"|[^\s"]*))+\s*$/;
const PAIR = /(?<!\S)([\w.@-]+)=(?:("(?:\\.|[^"\\])*")|([^\s"]*))(?!\S)/g;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function join(entries: readonly Entry[]): Entry {
  return {
    said: entries.flatMap(({ said }) => said),
    levels: entries.flatMap(({ levels }) => levels),
  };
}

/** Reads a value under the names of its fields, outermost first. */
function read(value: unknown, path: readonly string[]): Entry {
  if (Array.isArray(value)) return join(value.map((it) => read(it, path)));
  if (typeof value === 'object' && value !== null)
    return join(Object.entries(value).map(([key, it]) => read(it, [...path, ...key.split('.')])));
  const said = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const [name = '', around = ''] = path.slice(-2).reverse().map(bare);
  if (said === '') return { said: [], levels: [] };
  if (LEVEL.test(name)) return { said: [], levels: [said] };
  if (CODE.test(name))
    return { said: [typeof value === 'number' ? `errno: ${said}` : `code: '${said}'`], levels: [] };
  if (!(SAYS.test(name) || (TYPE.test(name) && ERROR.test(around))))
    return { said: [], levels: [] };
  const nested = said.trim().startsWith('{') ? entryOf(said.trim()) : undefined;
  return nested ?? { said: [said], levels: [] };
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
