import { expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';
import { processorMs } from '../support/processor-time.ts';

function generated(count: number): string {
  const steps = Array.from({ length: count }, (_, at) => {
    const back = at === 0 ? '' : ` AND y > \${{ steps.s${at - 1}.row.x }}`;
    return [
      `  - id: s${at}`,
      '    effect: read',
      `    sql: SELECT x FROM t WHERE x > \${{ inputs.least }}${back}`,
      '    next:',
      '      - if: error.kind in ["timeout", "refused"]',
      '        goto: end',
      `      - if: has(result.row) && result.row.x * 2 > inputs.least && result.rows.exists(r, r.x == ${at})`,
      `        finding: "\${{ result.row.x }} of \${{ inputs.least }}"`,
      '        goto: end',
    ].join('\n');
  });
  return [
    'name: generated\ntitle: Generated\nsummary: Generated',
    'inputs: { least: { type: number, default: 3 } }',
    'targets: { db: { database: postgres://localhost/shop, engine: postgres } }',
    `steps:\n${steps.join('\n')}`,
    '  - { id: end, finish: { outcome: resolved, summary: It is over. } }\n',
  ].join('\n');
}

/** The processor time of a runbook with so many steps: the least of three, after one to warm up. */
function costOf(steps: number): number {
  const text = generated(steps);
  const once = () => {
    const parsed = parseRunbook({ file: 'generated.yaml', text });
    expect(parsed.ok && parsed.warnings.map(({ code }) => code)).toEqual(['next-not-total']);
  };
  once();
  return Math.min(processorMs(once), processorMs(once), processorMs(once));
}

test('parsing and checking eight times the steps costs about eight times as much, not 64 times', () => {
  expect(costOf(2_000) / costOf(250)).toBeLessThan(24);
});
