import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Template } from '#runbook/expression/template.ts';
import { bodyTemplates } from '#runbook/kinds/action-kinds.ts';
import type { Body, Preview, TargetDefinition } from '#runbook/model/runbook.ts';
import { rulesOf } from '../kinds/rules.ts';

/** A statement that returns one row at most: it says so, or reads no table. */
const ONE_ROW = /\blimit\s+1\s*;?\s*$|\bfetch\s+(?:first|next)\s+(?:1\s+)?row\b/i;
const TABLE = /\bfrom\b/i;

/**
 * Returns a warning about an action that uses only the first row of a preview that may list several:
 * the gate would show, and count, rows that nothing is done to.
 */
export function firstRowProblems(
  body: Body,
  { body: listed, maxRows, enough }: Preview,
  targets: readonly TargetDefinition[],
): readonly Diagnostic[] {
  if (listed.kind !== 'sql' || maxRows <= 1 || enough !== undefined) return [];
  const texts = rulesOf(listed.kind).statements(listed, targets);
  if (texts.every(({ text: { text } }) => ONE_ROW.test(text) || !TABLE.test(text))) return [];
  const used = bodyTemplates(body).flatMap((template) => usesOf(template));
  const [first] = used;
  if (first === undefined || used.some(({ field }) => field !== 'row')) return [];
  return [
    {
      severity: 'warning',
      code: 'first-row-only',
      message: 'the action uses the first row of its preview, and the gate shows all of them',
      span: first.span,
      hint: 'bind preview.rows or preview.each, or write max_rows: 1 in the preview',
    },
  ];
}

function usesOf(template: Template) {
  return template.placeholders.flatMap(({ expression }) =>
    expression.names.flatMap(({ path: [root, field = 'rows'] }) =>
      root === 'preview' && field !== 'spared' ? [{ field, span: expression.span }] : [],
    ),
  );
}
