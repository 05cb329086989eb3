import type { SettledStatus, StepFacts, Visit } from '../context.ts';

/** Returns the facts of an ended step or item for expressions. */
export function factsOf({ result, error, evidence }: Visit, status: SettledStatus): StepFacts {
  return {
    ...(result ?? {}),
    ...firstRow(result),
    ...(error === undefined ? {} : { error: { ...error } }),
    status: evidence === undefined ? status : 'done-by-hand',
  };
}

function firstRow(result: Visit['result']): { row?: StepFacts[string] } {
  const rows = result?.rows;
  const row = Array.isArray(rows) ? rows[0] : undefined;
  return row === undefined ? {} : { row };
}
