import { describe, expect, test } from 'vitest';
import { readSource } from '#cli/library/find-runbook.ts';
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

describe('parsing and checking', () => {
  test('a runbook of usual size takes well under 50 ms', () => {
    const source = readSource('runbooks/lock-contention.yaml');
    const once = () => expect(parseRunbook(source).ok).toBe(true);
    for (let warm = 0; warm < 10; warm += 1) once();
    const costs = Array.from({ length: 10 }, () => processorMs(once)).toSorted((a, b) => a - b);
    expect(costs[4]).toBeLessThan(50);
  });

  test('a runbook of a thousand steps takes under a second', () => {
    const text = generated(1_000);
    const once = () => {
      const parsed = parseRunbook({ file: 'generated.yaml', text });
      expect(parsed.ok && parsed.warnings.map(({ code }) => code)).toEqual(['next-not-total']);
    };
    const ms = Math.min(processorMs(once), processorMs(once), processorMs(once));
    expect(ms).toBeLessThan(1_000);
  });
});
