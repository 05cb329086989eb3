/** What a piece of a MySQL statement is; `value` stands for a bound value (`$1`), `mark` is a `?`. */
export type MysqlTokenKind = 'blank' | 'comment' | 'quoted' | 'value' | 'word' | 'mark' | 'other';

/** A piece of a statement; its pieces put together are the statement. */
export type MysqlToken = {
  readonly kind: MysqlTokenKind;
  readonly text: string;
  /** Offset in the statement, in UTF-16 units. */
  readonly at: number;
};

/**
 * A comment of dashes needs a blank after them. A name may hold `$` and digits, so a value is one only
 * where no name goes on. What a comment that begins with `!` holds depends on the server: it is a
 * comment here.
 */
const KINDS: Readonly<Record<MysqlTokenKind, RegExp>> = {
  blank: /\s+/,
  comment: /#[^\n]*|--(?=[\s\p{Cc}]|$)[^\n]*|\/\*.*?(?:\*\/|$)/su,
  quoted: /'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`(?:[^`]|``)*`?/s,
  value: /\$\d+(?![\w$\u{80}-\u{10ffff}])/u,
  word: /[\w$\u{80}-\u{10ffff}]+/u,
  mark: /\?/,
  other: /./s,
};

const TOKEN = new RegExp(
  Object.entries(KINDS)
    .map(([kind, { source }]) => `(?<${kind}>${source})`)
    .join('|'),
  'gsu',
);

/** Splits a statement into its pieces, as MySQL reads them with its default `sql_mode`. */
export function mysqlTokens(statement: string): MysqlToken[] {
  return Array.from(statement.matchAll(TOKEN), ({ 0: text, index: at, groups = {} }) => {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    return { kind: kind as MysqlTokenKind, text, at };
  });
}
