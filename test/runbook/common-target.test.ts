import { describe, expect, test } from 'vitest';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { parsed } from '../fixtures/compiled.ts';

const HEAD = `name: inline
title: Inline
summary: Inline.
inputs: { url: { type: url, secret: true } }
targets:
  app: { database: "\${{ inputs.url }}" }
  db: { database: "\${{ inputs.url }}" }
  web: { ssh: oncall@web-1 }
`;

function runbook(on: string): string {
  return `${HEAD}on: ${on}
prerequisites: [{ text: It is there., sql: SELECT 1, on: app }]
steps:
  - { id: look, sql: SELECT 1 }
  - { id: other, on: app, sql: SELECT 1 }
  - { id: script, effect: read, shell: uptime }
  - id: both
    parallel: [{ id: one, sql: SELECT 1 }, { id: two, shell: uptime, effect: read }]
  - { id: settle, wait: { sql: SELECT 1 AS n, until: result.row.n == 1, within: 5s } }
  - id: change
    effect: change
    preview: { sql: SELECT 1 }
    sql: UPDATE t SET a = 1 WHERE true
    verify: { shell: uptime, until: result.exit_code == 0, within: 5s }
    undo: { sql: UPDATE t SET a = 0 WHERE true }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
`;
}

/** The target of every statement and script, by step. */
function targetsOf(of: Runbook) {
  const found = JSON.stringify(of.steps, (key, value) => (key === 'span' ? undefined : value));
  return [...found.matchAll(/"kind":"(sql|shell)","target":"(\w+)"/g)].map(
    ([, kind, target]) => `${kind} ${target}`,
  );
}

describe('the target of a runbook', () => {
  test('is that of the steps that name none, where it fits', () => {
    const found = targetsOf(parsed(runbook('db')));
    expect(new Set(found)).toEqual(new Set(['sql db', 'sql app', 'shell local']));
    expect(found.filter((one) => one === 'sql app')).toHaveLength(1);
    expect(found.filter((one) => one === 'shell local')).toHaveLength(3);
  });

  test('runs scripts on another machine, too', () => {
    const scripts = parsed(`${HEAD}on: web
steps:
  - { id: script, effect: read, shell: uptime }
  - { id: look, on: db, sql: SELECT 1, effect: read }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
`);
    expect(targetsOf(scripts)).toEqual(['shell web', 'sql db']);
  });

  test('is reported at its name if there is none', () => {
    const text = runbook('dbs');
    const result = parseRunbook({ file: 'x', text });
    const [first] = result.ok ? [] : result.diagnostics;
    expect(first).toMatchObject({
      code: 'unknown-target',
      message: 'there is no target "dbs"',
      hint: 'did you mean "db"?',
    });
    expect(text.slice(first?.span.start, first?.span.end)).toBe('dbs');
  });
});
