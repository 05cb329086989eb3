/** The kinds of tokens in a MySQL statement; `value` is a bound value (`$1`), `mark` is a `?`. */
export type MysqlTokenKind = 'blank' | 'comment' | 'quoted' | 'value' | 'word' | 'mark' | 'other';

/** A token of a statement. All tokens joined are the statement. */
export type MysqlToken = {
  readonly kind: MysqlTokenKind;
  readonly text: string;
  /** The offset in the statement, in UTF-16 code units. */
  readonly at: number;
};

/**
 * The patterns of the tokens. A `--` comment requires a blank after the dashes. A name may contain
 * `$` and digits, so a value must not be part of a name. Whether the server runs the content of a
 * `/*!` comment depends on its version: here it is a comment.
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

/** Splits a statement into tokens, as MySQL does with its default `sql_mode`. */
export function mysqlTokens(statement: string): MysqlToken[] {
  return Array.from(statement.matchAll(TOKEN), ({ 0: text, index: at, groups = {} }) => {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    return { kind: kind as MysqlTokenKind, text, at };
  });
}
