/** A runbook for PostgreSQL: finds statements that run too long and cancels them. */
export const diagnosePostgres = {
  runbook: `summary: Say in a sentence what is going on, e.g. that statements run for too long.
symptoms:
  - canceling statement due to statement timeout
impact: Say who feels it and how.
inputs:
  database_url:
    type: url
    secret: true
    env: DATABASE_URL
    description: Where to connect, with a role that may see and end other sessions
  longer_than:
    type: duration
    default: 5m
    description: Statements that run for longer than this may be cancelled
targets:
  db:
    database: \${{ inputs.database_url }}
    engine: postgres

steps:
  - id: look
    title: Does something run for too long?
    why: Say what the answer tells the operator.
    phase: diagnose
    effect: read
    sql: |
      SELECT count(*)::int AS slow
      FROM pg_stat_activity
      WHERE state = 'active'
        AND pid <> pg_backend_pid()
        AND query_start < now() - \${{ inputs.longer_than }}::interval
    next:
      - if: error.kind in ["dns", "refused", "unreachable", "timeout", "auth"]
        finding: "The database cannot be asked: \${{ error.message }}"
        goto: hand_over
      - if: result.row.slow > 0
        finding: \${{ result.row.slow }} statements run for more than \${{ inputs.longer_than }}.
        goto: cancel
      - finding: Nothing runs for more than \${{ inputs.longer_than }}.
        goto: hand_over

  - id: cancel
    title: Cancel the statements that run too long
    why: They hold locks and connections; their clients get an error and may try again.
    phase: fix
    on: db
    effect: destructive
    preview:
      sql: |
        SELECT pid, usename AS role, left(query, 60) AS statement, backend_start
        FROM pg_stat_activity
        WHERE state = 'active'
          AND pid <> pg_backend_pid()
          AND query_start < now() - \${{ inputs.longer_than }}::interval
        ORDER BY query_start
      max_rows: 20
    sql: |
      SELECT pid, pg_cancel_backend(pid) AS cancelled
      FROM pg_stat_activity
      WHERE (pid, backend_start) IN (\${{ preview.rows }})
    confirm:
      phrase: \${{ targets.db.database }}
      warning: The work of these statements is lost, and their transactions are rolled back.
    verify:
      sql: |
        SELECT count(*)::int AS slow
        FROM pg_stat_activity
        WHERE (pid, backend_start) IN (\${{ preview.rows }})
          AND state = 'active'
          AND query_start < now() - \${{ inputs.longer_than }}::interval
      until: result.row.slow == 0
      within: 30s
    undo: { none: A cancelled statement has to be run again by its client. }
    next:
      - if: error.kind in ["unverified", "declined", "no_permission"]
        finding: They still run.
        goto: hand_over
      - goto: resolved

  - id: hand_over
    phase: verify
    finish: { outcome: escalated, summary: "Say who takes over, and what they need to know." }

  - id: resolved
    finish: { outcome: resolved, summary: "\${{ steps.look.row.slow }} statements ran too long, and are gone." }
prevention:
  - Say what keeps this from coming back.
`,
  cases: `inputs:
  database_url: postgres://oncall@db1.example.com/shop

cases:
  - name: statements that run too long are cancelled
    steps:
      look: { row: { slow: 1 } }
      cancel:
        preview: { rows: [{ pid: 41, role: app, statement: SELECT 1, backend_start: "2026-01-01" }] }
        result: { rows: [{ pid: 41, cancelled: true }] }
        verify: { row: { slow: 0 } }
    answers:
      - confirm: cancel
    expect:
      path: [look, cancel, resolved]
      outcome: resolved
      findings: [1 statements run for more than 5m]
      gates:
        - { step: cancel, effect: destructive, level: type, phrase: shop, rows: 1 }

  - name: what has ended by itself is not cancelled
    steps:
      look: { row: { slow: 1 } }
      cancel: { preview: { rows: [] } }
    expect:
      path: [look, cancel, resolved]
      gates: []

  - name: nothing is cancelled when nothing runs for long
    steps:
      look: { row: { slow: 0 } }
    expect:
      path: [look, hand_over]
      outcome: escalated
      gates: []

  - name: a database that refuses is handed over
    steps:
      look: { error: refused }
    expect:
      path: [look, hand_over]
      outcome: escalated

  - name: the operator declines
    steps:
      look: { row: { slow: 1 } }
      cancel:
        preview: { rows: [{ pid: 41, role: app, statement: SELECT 1, backend_start: "2026-01-01" }] }
    answers:
      - { decline: cancel, because: the report has to finish }
    expect:
      path: [look, cancel, hand_over]
      outcome: escalated
`,
};
