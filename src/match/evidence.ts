import type { Category } from './category.ts';
import {
  MYSQL_HINTS,
  MYSQL_LOG_NUMBERS,
  MYSQL_NUMBERS,
  mysqlLogNumbersIn,
  mysqlNumbersIn,
} from './mysql-numbers.ts';
import { WEIGHT } from './signature.ts';
import { type CodeMeaning, SQLSTATES, sqlStatesIn } from './sqlstates.ts';

/** Evidence in a record for a category. */
export type Evidence = {
  readonly category: Category;
  readonly also: readonly Category[];
  readonly weight: number;
  /**
   * The offset of its end in the record. Of two with the same weight the later wins: it is the
   * cause.
   */
  readonly at: number;
  /** The name of the evidence in `why`. */
  readonly named: string;
  /** Set if `named` quotes the record. */
  readonly isQuoted?: true;
  /** True for a hint, and for words of any service in a record that mentions no database. */
  readonly weak: boolean;
};

/** `1045 (28000)`: only MySQL and MariaDB write it. */
const NUMBER_AND_STATE = /\b\d{4} \([0-9a-z]{5}\)/;

/**
 * Returns the evidence of the error codes in a folded text. Most codes count only if the text is a
 * database's.
 */
export function codeEvidence(text: string, ofDatabase: () => boolean): readonly Evidence[] {
  const states: Evidence[][] = sqlStatesIn(text)
    // A number of five digits may be anything; one with a letter is an SQLSTATE.
    .filter((code) => /[A-Z]/.test(code) || ofDatabase())
    .map((code) => evidenceOf(`SQLSTATE ${code}`, SQLSTATES[code], WEIGHT.code));
  const logged = mysqlLogNumbersIn(text).map((number) =>
    evidenceOf(number.toUpperCase(), MYSQL_LOG_NUMBERS[number], WEIGHT.socket),
  );
  states.push(...logged);
  const found = mysqlNumbersIn(text);
  if (found.length === 0 || !(NUMBER_AND_STATE.test(text) || ofDatabase())) return states.flat();
  const numbers = found.map((number) =>
    MYSQL_NUMBERS[number] === undefined
      ? evidenceOf(`error ${number}`, MYSQL_HINTS[number], WEIGHT.hint)
      : evidenceOf(`error ${number}`, MYSQL_NUMBERS[number], WEIGHT.code),
  );
  return [...states, ...numbers].flat();
}

function evidenceOf(named: string, meaning: CodeMeaning | undefined, weight: number): Evidence[] {
  if (meaning === undefined) return [];
  const weak = weight <= WEIGHT.hint;
  return [{ category: meaning.category, also: meaning.also ?? [], weight, at: 0, named, weak }];
}
