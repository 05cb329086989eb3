import { isDeepStrictEqual } from 'node:util';
import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { Json, Row, SqlResult } from '#runbook/model/value.ts';
import type { EachRow, SqlAction } from '#safety/kinds/sql.ts';
import { counted } from '#text/count.ts';
import type { StepOutcome } from '../executor.ts';
import { succeeded } from './execution.ts';

/** Runs one statement. */
type Run = (action: SqlAction) => Promise<StepOutcome>;

/**
 * Sends a statement once for each of its rows, in order. A row that a look right before does not list
 * any more is spared. The result has all rows, with `done`. Ends with the first statement that fails; the error says for how many rows it was sent.
 */
export async function executeForEach(
  { each, ...action }: SqlAction & { readonly each: EachRow },
  run: Run,
): Promise<StepOutcome> {
  const { rows, again } = each;
  const count = action.values.length / rows.length;
  const ended: Row[] = [];
  for (const [index, row] of rows.entries()) {
    const look = await run(again);
    if (look.status !== 'succeeded') return after(ended, rows, notBegun(look));
    const values = action.values.slice(index * count, (index + 1) * count);
    const sent = isListed(row, look.result) ? await run({ ...action, values }) : undefined;
    if (sent !== undefined && sent.status !== 'succeeded') return after(ended, rows, sent);
    ended.push({ ...row, done: sent !== undefined });
  }
  const columns = [...Object.keys(rows[0] ?? {}), 'done'];
  return succeeded({ columns, rows: ended, row_count: ended.length });
}

function isListed(row: Row, result: Readonly<Record<string, Json>> | SqlResult): boolean {
  const { rows } = result;
  return Array.isArray(rows) && rows.some((now: Row) => isPart(row, now));
}

function isPart(row: Row, now: Row): boolean {
  return Object.entries(row).every(([column, value]) => isDeepStrictEqual(now[column], value));
}

/** A look that fails ends the action before its next statement. */
function notBegun<Outcome extends { readonly error: StepError }>(look: Outcome): Outcome {
  return { ...look, error: beforeItBegan(look.error) };
}

/** Returns an outcome that was not a success, with what was done before it. */
function after(
  ended: readonly Row[],
  rows: readonly Row[],
  outcome: Exclude<StepOutcome, { readonly status: 'succeeded' }>,
): StepOutcome {
  const done = ended.filter((row) => row.done === true).length;
  if (done === 0) return outcome;
  const message = `after ${done} of ${counted(rows.length, 'row')}: ${outcome.error.message}`;
  return { ...outcome, error: { ...outcome.error, begun: true, message } };
}
