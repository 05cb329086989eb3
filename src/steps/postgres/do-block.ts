import type { Json } from '#runbook/model/value.ts';

/** A `DO` block without parameters, and the statement to run before it in the same transaction. */
type DoBlock = {
  readonly settings: string;
  readonly text: string;
};

const QUOTED_OR_PARAMETER =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(?<number>\d+)\b/g;

/**
 * Converts a `DO` block with values, since PostgreSQL cannot bind any there: a preceding statement
 * binds them as settings of the transaction, and the block reads these as text. Returns undefined
 * for any other statement, and for a block without values.
 */
export function bindDoBlock(text: string, values: readonly Json[]): DoBlock | undefined {
  if (values.length === 0 || !/^\s*DO\b/i.test(text)) return undefined;
  const kept = values.map(
    (_, index) => `set_config('${settingOf(index + 1)}', $${index + 1}, true)`,
  );
  return {
    settings: `SELECT ${kept.join(', ')}`,
    text: text.replaceAll(QUOTED_OR_PARAMETER, (found, number: string | undefined) =>
      number === undefined ? found : `current_setting('${settingOf(Number(number))}')`,
    ),
  };
}

function settingOf(number: number): string {
  return `runbook.value_${number}`;
}
