import type { Diagnostic } from '#runbook/diagnostic.ts';
import { evaluate, type Scope } from '#runbook/expression/cel.ts';
import type { Body, Clause, TargetDefinition } from '#runbook/model/runbook.ts';
import { rulesOf } from '../kinds/rules.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { mayBePostgres } from './parser-needs.ts';
import { alwaysHasRow } from './postgres/always-a-row.ts';
import type { ParsePostgres } from './postgres/infer.ts';

/** The result of a statement that finds nothing. */
const NOTHING: Scope = {
  result: { columns: [], rows: [], row_count: 0, truncated: false },
  error: { kind: 'none', phase: '', code: '', message: '', hint: '' },
};

/**
 * Returns a warning for the first condition after a statement that has no value where the statement
 * returns no rows, if no clause before it is for that case. Only statements that PostgreSQL's parser
 * reads are judged.
 */
export function withoutRows(
  body: Body,
  next: readonly Clause[],
  targets: readonly TargetDefinition[],
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  if (body.kind !== 'sql' || parse === undefined) return [];
  const texts = rulesOf(body.kind)
    .statements(body, targets)
    .filter(({ engine }) => mayBePostgres(engine))
    .map(({ text: { text, placeholders } }) => maskPlaceholders(text, placeholders, 'postgres'));
  if (texts.length === 0 || texts.every((text) => alwaysHasRow(text, parse))) return [];
  for (const { if: condition } of next) {
    if (condition === undefined) return [];
    const found = evaluate(condition, NOTHING);
    if (found.ok && found.value === true) return [];
    if (found.ok || !/"row"/.test(found.reason)) continue;
    return [
      {
        severity: 'warning',
        code: 'no-rows',
        message: 'this condition has no value if the statement returns no rows',
        span: condition.span,
        hint: 'write a clause for it before this one, e.g. if: result.rows.size() == 0, or test has(result.row)',
      },
    ];
  }
  return [];
}
