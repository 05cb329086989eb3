import type { Category } from './category.ts';

/**
 * How much an evidence says, from the least: what only wraps a failure, the failure of a socket, of a
 * name, of TLS, a code, the reason that a server, driver or pool gives, and what a pooler says of it.
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

/** What has to be known of a record besides the text of a signature. */
export type Need =
  /** Nothing: databases alone say so. */
  | 'nothing'
  /** That it is not of another kind of service. */
  | 'not-foreign'
  /** That besides a program reports it: sockets, names and certificates are everywhere, in prose too. */
  | 'reported'
  /** That it is of a database: the words are everybody's. */
  | 'database';

/** Texts that mean the same. */
export type Signature = {
  readonly category: Category;
  /** What else the same text can mean, the likeliest first. */
  readonly also?: readonly Category[];
  /**
   * The texts, in lower case; any quotation mark is written `"`. ` … ` stands for anything on the way
   * from one part to the next, up to {@link LONGEST_GAP} characters. `^` and `$` at the ends hold for
   * the message without what a log puts before it.
   */
  readonly says: readonly string[];
  readonly weight?: number;
  readonly needs?: Need;
};

/** How many characters ` … ` stands for at most. */
export const LONGEST_GAP = 240;
