import { describe, expect, test } from 'vitest';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { offsetInFile, positionAt } from '#runbook/yaml/source.ts';

const TEXT = `name: orders
title: Orders wait
summary: Orders wait.
uses: [shared]
inputs:
  url: { type: url, secret: true }
targets:
  db: { database: "\${{ inputs.url }}", engine: postgres }
steps:
  - id: count
    on: db
    effect: read
    sql: |
      SELECT count(*) AS n
        FROM orders WHERE @{old} AND a
  - id: stop
    finish: { outcome: unresolved, summary: Nothing. }
--- # lib/shared.yaml
fragments:
  old: |
    placed < now() - interval '1 hour'
      AND NOT shippedx(orders)
`;

const source = { file: 'runbooks/orders.yaml', text: TEXT };

describe('every part of an expanded text keeps its place', () => {
  test('of a statement: in the runbook before and after a fragment, in the library file within it', () => {
    const parsed = parseRunbook(source);
    const does = parsed.ok ? parsed.value.steps[0]?.does : undefined;
    const template =
      does?.kind === 'sql' && does.body.kind === 'sql' ? does.body.texts.any : undefined;
    if (template === undefined) throw new Error('the runbook has this statement');
    expect(template.text).toBe(
      "SELECT count(*) AS n\n  FROM orders WHERE placed < now() - interval '1 hour'\n    AND NOT shippedx(orders) AND a\n",
    );
    const placeOf = (part: string) => {
      const offset = offsetInFile(template, template.text.indexOf(part));
      const { file, line, column } = positionAt(source, offset);
      return `${file}:${line}:${column}`;
    };
    expect(placeOf('SELECT')).toBe('runbooks/orders.yaml:14:7');
    expect(placeOf('orders WHERE')).toBe('runbooks/orders.yaml:15:14');
    expect(placeOf('placed')).toBe('runbooks/lib/shared.yaml:3:5');
    expect(placeOf('NOT')).toBe('runbooks/lib/shared.yaml:4:11');
    expect(placeOf('AND a')).toBe('runbooks/orders.yaml:15:34');
  });

  test('of what the check of a statement finds, with the place of the use', async () => {
    const wrong = { ...source, text: TEXT.replace('AND NOT shippedx', 'AND NOT NOT shippedx((') };
    const checked = await checkRunbook(wrong, new Map());
    const shown = formatDiagnostics(wrong, checked.ok ? checked.warnings : checked.diagnostics);
    expect(shown).toContain('sql-syntax');
    expect(shown).toMatch(/--> runbooks\/(lib\/shared|orders)\.yaml:\d+:\d+/);
  });
});
