import type { Category } from './category.ts';

/**
 * The weight of evidence, in ascending order: a hint, a wrapper of another failure, a failed
 * socket, a failed name lookup, a TLS failure, an error code, a reason from a server, driver or
 * pool, and a pooler's own report.
 */
export const WEIGHT = {
  hint: 10,
  wrapper: 20,
  socket: 30,
  name: 34,
  tls: 36,
  code: 40,
  reason: 50,
  pooler: 60,
} as const;

/** The condition on a record besides the text of a signature. */
export type Need =
  /** None: only databases write this. */
  | 'nothing'
  /** It is not from another kind of service. */
  | 'not-foreign'
  /**
   * Also, a program reported it: sockets, names and certificates appear everywhere, even in prose.
   */
  | 'reported'
  /** It is from a database: the words are not specific. */
  | 'database';

/** Texts with the same meaning. */
export type Signature = {
  readonly category: Category;
  /** Other possible categories of the same text, most likely first. */
  readonly also?: readonly Category[];
  /**
   * The texts, in lower case, with `"` for any quotation mark. ` … ` stands for up to
   * {@link LONGEST_GAP} characters of any text. `^` and `$` at the ends refer to the message
   * without the prefix that a log adds.
   */
  readonly says: readonly string[];
  readonly weight?: number;
  readonly needs?: Need;
};

/** The maximum number of characters that ` … ` stands for. */
export const LONGEST_GAP = 240;

/**
 * Returns a template tag for the texts of a meaning, one a line or between ` | `. A text in single
 * quotes keeps the blanks at its ends.
 */
export function means(category: Category, meaning: Omit<Signature, 'category' | 'says'> = {}) {
  return ({ raw: [text = ''] }: TemplateStringsArray): Signature => ({
    category,
    ...meaning,
    says: text
      .split(/\n| \| /)
      .map((line) => line.trim().replace(/^'(.*)'$/, '$1'))
      .filter((line) => line !== ''),
  });
}
