/** A text normalized for comparison: one kind of quotation mark, lower case, no colors. */
type FoldedText = string;

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
const ESCAPE = String.fromCharCode(27);
const SPACES = / {2,}/g;
const QUOTES = /\\*["'`«»“”„‘’‚‹›]+/g;

/**
 * The length of each end that is kept of a longer record: the start has the message, the end has
 * the cause.
 */
const LONGEST_RECORD = 16_384;

/**
 * Normalizes a text for comparison with signatures. A text of more than 32 KiB loses its middle.
 */
export function foldText(text: string): FoldedText {
  const short =
    text.length <= 2 * LONGEST_RECORD
      ? text
      : `${text.slice(0, LONGEST_RECORD)}\n${text.slice(-LONGEST_RECORD)}`;
  const plain = short.includes(ESCAPE) ? short.replace(COLOURS, '') : short;
  return plain.replace(QUOTES, '"').replace(SPACES, ' ').toLowerCase();
}

/**
 * Statements in a server's log, and reports of how clients disconnected: their texts are not the
 * server's.
 */
const STATEMENTS = [
  /\bduration: [\d.]+ ms +(?:statement|parse|bind|execute)\b.*?(?=\n[^\n]*\b(?:error|fatal|panic|exception|caused by): |$)/s,
  /\b(?:statement|query|context|log): +(?=\w)(?:select|insert|update|delete|with|begin|commit|call|explain)\b.*?(?=\n[^\n]*\b(?:error|fatal|panic|exception|caused by): |$)/s,
  /\bdetail: +parameters: \$1 = .*/,
  /[([]sql: .*/,
  /\bclosing because: client unexpected eof.*/,
];
const MAY_HOLD_STATEMENT =
  /duration: |statement: |query: |context: |log: |parameters: |sql: |because: /;

/** Removes statements that a folded text only quotes. */
export function withoutStatements(text: FoldedText): FoldedText {
  if (!MAY_HOLD_STATEMENT.test(text)) return text;
  return STATEMENTS.reduce((rest, statement) => rest.replace(statement, ''), text);
}

/**
 * Settings: the query of a URL, and `connect_timeout=10` or `tls: true`. What is set has not
 * happened.
 */
const SETTINGS = [
  /(?<=\b[a-z][a-z\d+.-]{0,30}:\/\/[^\s?"]{0,300})\?[^\s"]*/g,
  /(?<![\w.-])[\w.-]{0,40}(?:timeout|tls|ssl)[\w.-]{0,30}"?(?: ?=>? ?|:)"?(?:\d+(?: ?m?s)?|true|false|on|off|null|none|require|disable|prefer)(?![\w.:-])/g,
  /(?<![\w.-])(?:tls|ssl|[a-z_]*(?:timeout|_tls|_ssl))"?: (?:true|false|on|off|null)(?![\w.:-])/g,
  /(?<![\w.-])[a-z_]{1,40}timeout(?:ms|millis)?"?: \d+(?= ?[,}])/g,
];
const MAY_HOLD_SETTING = /:\/\/|(?:timeout|tls|ssl)[\w.-]*"?(?: ?=|:)/;

/** Removes settings from a folded text: a timeout that is set is not one that passed. */
export function withoutSettings(text: FoldedText): FoldedText {
  if (!MAY_HOLD_SETTING.test(text)) return text;
  return SETTINGS.reduce((rest, setting) => rest.replace(setting, ''), text);
}

const DATE =
  /^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[t ]+\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:z|utc|gmt|[+-]\d\d:?\d\d))?\W*/;
const SYSLOG = /^[a-z]{3} +\d{1,2} \d\d:\d\d:\d\d [\w.-]+ [\w./-]+(?:\[\d+\])?: */;
const LEVEL =
  /^(?:\W*(?:\[?\d+\]?:?\s+)?(?:my-\d+\W+server\W+)?(?:error|warn(?:ing)?|note|system|fatal|critical|severe|panic|info|log|err|exception|my-\d+|server\])(?![\w-])\W*)+/;

/** Returns the message of a folded text, without the time, host and level that a log adds. */
export function bareMessage(text: FoldedText): FoldedText {
  return text.trim().replace(SYSLOG, '').replace(DATE, '').replace(LEVEL, '').trim();
}

/** Returns whether a folded text starts like a line of a log: with a time, and perhaps a host. */
export function isStamped(text: FoldedText): boolean {
  const start = text.trimStart();
  return DATE.test(start) || SYSLOG.test(start);
}

const QUIET = /^\W{0,2}(?:\[[\w-]+\] )?(?:info|information|debug|trace|verbose)\b(?! ?=)/;

/** Returns whether a folded text says that it is informational. */
export function isQuiet(text: FoldedText): boolean {
  return QUIET.test(text.trim().replace(SYSLOG, '').replace(DATE, ''));
}

const LEADING_DATE = /^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[T ]+\d\d?:\d\d:\d\d(?:[.,]\d+)?/;

/** Removes the time at the start of a record. */
export function withoutDate(record: string): string {
  return record.replace(LEADING_DATE, '');
}
