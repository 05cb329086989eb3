const CONTROLS = new RegExp(
  `${String.fromCharCode(27)}\\[[0-9;?]*[ -/]*[@-~]|[${String.fromCharCode(0)}-${String.fromCharCode(31)}${String.fromCharCode(127)}-${String.fromCharCode(159)}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]`,
  'g',
);
const NAMED_PASSWORD =
  /((?:password|passwd|passphrase|pwd|secret|token)["']?\s?(?:=>|[=:])\s?)("[^"]*"|'[^']*'|(?!(?:YES|NO)\b)[^\s"',;&)}\]]+)/gi;
const TIME =
  /\d{4}[-/]\d\d[-/]\d\d[T ]+\d\d?:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?:Z| UTC| GMT|[+-]\d\d:?\d\d)?|\b[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\b|\b\d\d:\d\d:\d\d(?:[.,]\d{3})?\b/;

/**
 * Returns a line that is safe to show: without control characters and without passwords in
 * `password=…`.
 */
export function shownLine(line: string): string {
  return line.replace(CONTROLS, ' ').replace(NAMED_PASSWORD, '$1‹secret›').trim();
}

/** Returns the time of a record, as the record writes it; undefined if it has none. */
export function timeOf(record: string): string | undefined {
  return TIME.exec(record.slice(0, 240))?.[0];
}

/**
 * Returns a line without its numbers and times, so that lines that differ only in those are equal.
 */
export function templateOf(line: string): string {
  return line
    .replace(TIME, '')
    .replace(/0x[\da-f]+|[\da-f]{8,}|\d+/gi, '#')
    .slice(0, 400);
}
