import { describe, expect, test } from 'vitest';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { runbookDocument } from '#report/document/runbook.ts';
import { documentText } from '#report/document/terminal.ts';
import { runbookGraph } from '#report/graph/drawing.ts';
import { mermaidGraph } from '#report/graph/mermaid.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { Stepper } from '../../fixtures/compiled.ts';

const HEAD = `name: orders
title: Orders wait
summary: Orders wait.
inputs:
  url: { type: url, secret: true }
targets:
  db: { database: "\${{ inputs.url }}" }
`;

const WRITTEN_OUT = `${HEAD}steps:
  - id: count
    title: How many sessions wait?
    on: db
    effect: read
    sql:
      postgres: |
        SELECT count(*) AS n
        FROM pg_stat_activity
        WHERE usename <> 'replicator'
          AND application_name !~* 'pgbouncer'
          AND state = 'idle'
      mysql: |
        SELECT count(*) AS n
        FROM information_schema.processlist
        WHERE user NOT IN ('replicator')
          AND command = 'Sleep'
    next:
      - if: result.row.n > 20
        finding: \${{ result.row.n }} sessions wait.
        goto: end_idle
      - if: error.kind == "no_permission"
        finding: The login may not see other sessions.
        goto: stop
      - goto: stop
  - id: end_idle
    phase: fix
    on: db
    effect: destructive
    preview:
      sql:
        postgres: |
          SELECT pid FROM pg_stat_activity
          WHERE usename <> 'replicator'
            AND application_name !~* 'pgbouncer'
        mysql: |
          SELECT id FROM information_schema.processlist
          WHERE user NOT IN ('replicator')
    sql:
      postgres: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (pid) IN (\${{ preview.rows }})
      mysql: KILL \${{ preview.rows[0].id }}
    confirm: { level: type, phrase: shop }
    next:
      - if: error.kind == "no_permission"
        finding: The login may not see other sessions.
        goto: stop
      - goto: stop
  - id: stop
    finish: { outcome: unresolved, summary: Nobody may kill the replicator. }
`;

const WITH_LIBRARY = `${HEAD}uses: [sessions, steps]
steps:
  - use: count_sessions
    id: count
    with: { least: 20, state: "@{idle}", then: end_idle }
  - id: end_idle
    phase: fix
    on: db
    effect: destructive
    preview:
      sql: |
        SELECT @{key} FROM @{sessions}
        WHERE @{may_end}
    sql:
      postgres: SELECT pg_terminate_backend(pid) FROM @{sessions} WHERE (@{key}) IN (\${{ preview.rows }})
      mysql: KILL \${{ preview.rows[0].@{key} }}
    confirm: { level: type, phrase: shop }
    next:
      - use: not_permitted
      - goto: stop
  - id: stop
    finish: { outcome: unresolved, summary: "Nobody may kill the @{whom what='replicator'}" }
--- # lib/sessions.yaml
fragments:
  key: { postgres: pid, mysql: id }
  idle: { postgres: state = 'idle', mysql: command = 'Sleep' }
  whom: { params: [what], text: "@{what}." }
  sessions: { postgres: pg_stat_activity, mysql: information_schema.processlist }
  may_end:
    postgres: |
      usename <> 'replicator'
        AND application_name !~* 'pgbouncer'
    mysql: user NOT IN ('replicator')
--- # lib/steps.yaml
uses: [sessions]
templates:
  count_sessions:
    params:
      least: { type: number, default: 10 }
      state: { about: the condition of the sessions that count }
      then: { type: step }
    step:
      title: How many sessions wait?
      on: db
      effect: read
      sql: |
        SELECT count(*) AS n
        FROM @{sessions}
        WHERE @{may_end}
          AND @{state}
      next:
        - if: result.row.n > @{least}
          finding: \${{ result.row.n }} sessions wait.
          goto: "@{then}"
        - use: not_permitted
        - goto: stop
  not_permitted:
    clauses:
      - if: error.kind == "no_permission"
        finding: The login may not see other sessions.
        goto: stop
`;

async function checked(text: string): Promise<Runbook> {
  const source = { file: 'orders.yaml', text };
  const result = await checkRunbook(source, new Map());
  if (!result.ok) throw new Error(formatDiagnostics(source, result.diagnostics));
  return result.value;
}

const both = await Promise.all([checked(WITH_LIBRARY), checked(WRITTEN_OUT)]);

/** Goes to the gate that ends sessions, and returns what it asks to confirm. */
function gateOf(runbook: Runbook) {
  const stepper = new Stepper(runbook, { inputs: { url: 'postgres://u@h/shop' } });
  stepper.rows({ n: 21 });
  stepper.rows({ pid: 4711 });
  expect(stepper.state).toBe('end_idle.gate');
  const [effect] = stepper.at.effects.filter(({ type }) => type === 'openGate');
  // Where the parts of a text come from is all that differs.
  return JSON.parse(JSON.stringify(effect, (key, value) => (key === 'origin' ? 0 : value)));
}

describe('a runbook with library files is the runbook with everything written out', () => {
  test('its document is the same', () => {
    const [one, other] = both.map((book) =>
      documentText(runbookDocument(book), { width: 100, colours: false }),
    );
    expect(one).toBe(other);
  });

  test('so are its gate and the digest of what is confirmed', () => {
    const [one, other] = both.map(gateOf);
    expect(one).toEqual(other);
    expect(JSON.stringify(one)).toMatch(/sha256|[0-9a-f]{64}/);
  });

  test('so is its graph', () => {
    const [one, other] = both.map((book) => mermaidGraph(runbookGraph(book)));
    expect(one).toBe(other);
  });
});

test('a statement for MySQL has the texts of its fragments for MariaDB there', async () => {
  const counted = (sql: string) =>
    checked(`${HEAD}uses: [status]
steps:
  - { id: look, effect: read, sql: ${sql} }
  - { id: stop, finish: { outcome: unresolved, summary: Stopped. } }
--- # lib/status.yaml
fragments:
  status: { mysql: performance_schema.global_status, mariadb: information_schema.global_status }
  uptime: { mysql: "(SELECT max(variable_value) FROM @{status})", postgres: now() }
`);
  const texts = async (sql: string) => {
    const [look] = (await counted(sql)).steps;
    const body = look !== undefined && 'body' in look.does ? look.does.body : undefined;
    return Object.fromEntries(
      Object.entries((body?.kind === 'sql' && body.texts) || {}).map(([engine, { text }]) => [
        engine,
        text,
      ]),
    );
  };
  const mysql = 'SELECT (SELECT max(variable_value) FROM performance_schema.global_status) AS up';
  expect(await texts('{ postgres: SELECT 1, mysql: "SELECT @{uptime} AS up" }')).toEqual({
    postgres: 'SELECT 1',
    mysql,
    mariadb: mysql.replace('performance', 'information'),
  });
  expect(await texts('{ mysql: "SELECT @{uptime} AS up", mariadb: SELECT 2 AS up }')).toEqual({
    mysql,
    mariadb: 'SELECT 2 AS up',
  });
  expect(await texts('{ mysql: SELECT 1 }')).toEqual({ mysql: 'SELECT 1' });
});
