import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Scope } from '#runbook/expression/cel.ts';
import {
  parseTemplate,
  renderForPeople,
  renderText,
  type Template,
} from '#runbook/expression/template.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { parsed } from '../../fixtures/compiled.ts';

const SCOPE: Scope = {
  inputs: { queue: 'orders', count: 3, exact: 9_007_199_254_740_993n, none: null },
  result: { rows: [{ pid: 1, name: 'a "b"' }] },
};

function template(text: string): Template {
  const problems: Diagnostic[] = [];
  const read = parseTemplate(text, { start: 0, end: text.length }, (at) => at, problems);
  expect(problems).toEqual([]);
  return read;
}

describe('placeholders become the text of their values', () => {
  test.each([
    ['no placeholder', 'no placeholder'],
    ['${{ inputs.queue }}', 'orders'],
    ['${{inputs.queue}}', 'orders'],
    ['${{ inputs.count }} in ${{ inputs.queue }}.', '3 in orders.'],
    ['${{ inputs.count }}${{ inputs.queue }}', '3orders'],
    ['${{ inputs.exact }}', '9007199254740993'],
    ['${{ result.rows }}', '[{"pid":1,"name":"a \\"b\\""}]'],
    ['${{ "}}" }} and ${{ \'}}\' }}', '}} and }}'],
    ['${{ "a\\"}}" }}', 'a"}}'],
    ['${{ {"a": {"b": 1}}.a.b }}', '1'],
    ['${{ "${{ }}" }}', '${{ }}'],
    ['$ {{ x }} ${ y } $${{ inputs.count }}', '$ {{ x }} ${ y } $3'],
    ['${{ inputs.queue }', undefined],
  ])('%s', (text, expected) => {
    const problems: Diagnostic[] = [];
    const read = parseTemplate(text, { start: 0, end: text.length }, (at) => at, problems);
    if (expected === undefined)
      expect(problems).toMatchObject([{ code: 'placeholder-syntax', span: { start: 0, end: 3 } }]);
    else expect(renderText(read, SCOPE)).toEqual({ ok: true, value: expected });
  });
});

describe('a placeholder without a value', () => {
  test('stops a text that something is done with', () => {
    expect(renderText(template('queue ${{ inputs.qeue }}'), SCOPE)).toEqual({
      ok: false,
      reason: '${{ inputs.qeue }} has no value: there is no "qeue"',
    });
  });

  test('is named in a text for people', () => {
    const text = '${{ result.row.waiting }} wait in ${{ inputs.queue }}';
    expect(renderForPeople(template(text), SCOPE)).toBe('‹no result.row.waiting› wait in orders');
  });
});

describe('a placeholder in a block scalar is found at its place', () => {
  const text = [
    'name: text',
    'title: Text',
    'summary: Text',
    'inputs: { queue: { default: orders } }',
    'targets: { db: { database: postgres://localhost/shop } }',
    'steps:',
    '  - id: folded',
    '    manual: >-',
    '      Look at ${{ inputs.queue }} and',
    '      then at ${{ inputs.queue',
    '      }} again.',
    '  - id: literal',
    '    effect: read',
    '    sql: |',
    '      SELECT 1',
    '      WHERE ${{ inputs.queue }} = ${{ 1 }}',
    '',
  ].join('\n');

  test('over folded lines too', () => {
    const runbook = parsed(text, 'text.yaml');
    const [folded, literal] = runbook.steps.map(({ does }) => does);
    if (folded?.kind !== 'manual' || literal?.kind !== 'sql') throw new Error('other steps');
    if (literal.body.kind !== 'sql') throw new Error('another body');
    const templates = [folded.instruction, literal.body.texts.any];
    const places = templates.flatMap((one) =>
      (one?.placeholders ?? []).map(({ expression }) =>
        positionAt(runbook.source, expression.span.start),
      ),
    );
    expect(places).toEqual([
      { file: 'text.yaml', line: 9, column: 19 },
      { file: 'text.yaml', line: 10, column: 19 },
      { file: 'text.yaml', line: 16, column: 17 },
      { file: 'text.yaml', line: 16, column: 39 },
    ]);
  });
});
