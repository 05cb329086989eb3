import { expect, test } from 'vitest';
import type { OpenGate } from '#machine/effect.ts';
import { recordedFact } from '#run/session/recorded-facts.ts';
import { parsed } from '../../fixtures/compiled.ts';

const RUNBOOK = parsed(`
name: facts
title: Facts
summary: Has a preview.
targets: { db: { database: postgres://localhost/shop } }
steps:
  - id: look
    on: db
    preview: { sql: SELECT * FROM t, volatile: [b, idel] }
    sql: DELETE FROM t WHERE (a) IN (\${{ preview.rows }})
`);

const GATE: OpenGate = {
  ...{ step: 'look', part: 'action', item: undefined, simulated: false, title: 'Look' },
  ...{ effect: 'change', action: { kind: 'wait', ms: 1 }, target: undefined, digest: 'd' },
  ...{ level: 'key', phrase: undefined, warning: undefined, notRead: undefined, undo: undefined },
  preview: { columns: ['a', 'b'], rows: [], row_count: 0, at: 't', freshForMs: 5, server: 's' },
  changes: undefined,
};

test('a gate records the volatile columns that its rows do not have, the first time it is put', () => {
  const recording = { runbook: RUNBOOK, operator: 'ada', targets: {}, can: () => [] };
  const recorded = (more: Partial<OpenGate> = {}) =>
    recordedFact({ type: 'openGate', params: { ...GATE, ...more } }, recording);
  expect(recorded()).toMatchObject({ preview: { missing: ['idel'] } });
  expect(recorded({ changes: { server: true } })).not.toHaveProperty('preview.missing');
});
