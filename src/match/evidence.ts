import type { Category } from './category.ts';
import { MYSQL_HINTS, MYSQL_NUMBERS, mysqlNumbersIn } from './mysql-numbers.ts';
import { WEIGHT } from './signature.ts';
import { type CodeMeaning, SQLSTATES, sqlStatesIn } from './sqlstates.ts';

/** Something in a record that speaks for a category. */
export type Evidence = {
  readonly category: Category;
  readonly also: readonly Category[];
  readonly weight: number;
  /** Where it ends in the record; of two of one weight the later counts, which is the cause. */
  readonly at: number;
  /** How `why` names it. */
  readonly named: string;
};

/** `1045 (28000)`: nobody but MySQL and MariaDB writes it. */
const NUMBER_AND_STATE = /\b\d{4} \([0-9a-z]{5}\)/;

/** Returns what the error codes in a folded text speak for; most count only where a database speaks. */
export function codeEvidence(text: string, ofDatabase: () => boolean): readonly Evidence[] {
  const states = sqlStatesIn(text)
    // A number of five digits is many things; one with a letter is a SQLSTATE.
    .filter((code) => /[A-Z]/.test(code) || ofDatabase())
    .map((code) => evidenceOf(`SQLSTATE ${code}`, SQLSTATES[code], WEIGHT.code));
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
  return [{ category: meaning.category, also: meaning.also ?? [], weight, at: 0, named }];
}
