/** A text made comparable: one kind of quotation mark, lower case, no colours. */
export type FoldedText = string;

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
const ESCAPE = String.fromCharCode(27);
const SPACES = / {2,}/g;
const QUOTES = /\\*["'`«»“”„‘’‚‹›]+/g;

/** Longer records are cut: their first characters, which hold the message, and their last, which hold the cause. */
const LONGEST_RECORD = 16_384;

/** Returns the text as signatures are compared with it; what is longer than 32 KiB loses its middle. */
export function foldText(text: string): FoldedText {
  const short =
    text.length <= 2 * LONGEST_RECORD
      ? text
      : `${text.slice(0, LONGEST_RECORD)}\n${text.slice(-LONGEST_RECORD)}`;
  const plain = short.includes(ESCAPE) ? short.replace(COLOURS, '') : short;
  return plain.replace(QUOTES, '"').replace(SPACES, ' ').toLowerCase();
}

/** Statements that a server logs, and how its clients leave: what they say is not what the server says. */
const STATEMENTS = [
  /\bduration: [\d.]+ ms +(?:statement|parse|bind|execute)\b.*/s,
  /\b(?:statement|query|context|log): +(?=\w)(?:select|insert|update|delete|with|begin|commit|call|explain)\b.*/s,
  /[([]sql: .*/,
  /\bclosing because: client unexpected eof.*/,
];
const MAY_HOLD_STATEMENT = /duration: |statement: |query: |context: |log: |sql: |because: /;

/** Returns the folded text without the SQL that was only reported along. */
export function withoutStatements(text: FoldedText): FoldedText {
  if (!MAY_HOLD_STATEMENT.test(text)) return text;
  return STATEMENTS.reduce((rest, statement) => rest.replace(statement, ''), text);
}

const DATE =
  /^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[t ]+\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:z|utc|gmt|[+-]\d\d:?\d\d))?\W*/;
const SYSLOG = /^[a-z]{3} +\d{1,2} \d\d:\d\d:\d\d [\w.-]+ [\w./-]+(?:\[\d+\])?: */;
const LEVEL =
  /^(?:\W*(?:\[?\d+\]?:?\s+)?(?:my-\d+\W+server\W+)?(?:error|warn(?:ing)?|note|system|fatal|critical|severe|panic|info|log|err|exception|my-\d+|server\])(?![\w-])\W*)+/;

/** Returns the folded text without the time, host and level that a log puts before a message. */
export function bareMessage(text: FoldedText): FoldedText {
  return text.trim().replace(SYSLOG, '').replace(DATE, '').replace(LEVEL, '').trim();
}

const LEADING_DATE = /^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[T ]+\d\d?:\d\d:\d\d(?:[.,]\d+)?/;

/** Returns a record without the time it begins with. */
export function withoutDate(record: string): string {
  return record.replace(LEADING_DATE, '');
}
