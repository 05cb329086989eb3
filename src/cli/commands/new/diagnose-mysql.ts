import type { Scaffold } from './scaffold.ts';

/** Returns a runbook for MySQL or MariaDB: finds statements that run too long and cancels them. */
export function diagnoseMysql(engine: string): Scaffold {
  return { runbook: runbook(engine), cases };
}

const runbook = (
  engine: string,
) => `summary: Say in a sentence what is going on, e.g. that statements run for too long.
symptoms:
  - Query execution was interrupted
impact: Say who feels it and how.
inputs:
  database_url:
    type: url
    secret: true
    env: DATABASE_URL
    description: Where to connect, with a role that may see and end other sessions
  seconds:
    type: number
    default: 300
    description: Statements that run for longer than this may be cancelled
targets:
  db:
    database: \${{ inputs.database_url }}
    engine: ${engine}

steps:
  - id: look
    title: Does something run for too long?
    why: Say what the answer tells the operator.
    phase: diagnose
    effect: read
    sql: |
      SELECT id, user, time, left(info, 60) AS statement
      FROM information_schema.processlist
      WHERE command = 'Query' AND id <> connection_id() AND time > \${{ inputs.seconds }}
      ORDER BY time DESC
    next:
      - if: error.kind in ["dns", "refused", "unreachable", "timeout", "auth"]
        finding: "The database cannot be asked: \${{ error.message }}"
        goto: hand_over
      - if: result.row_count > 0
        finding: \${{ result.row_count }} statements run for more than \${{ inputs.seconds }} seconds.
        goto: cancel
      - finding: Nothing runs for more than \${{ inputs.seconds }} seconds.
        goto: hand_over

  - id: cancel
    title: Cancel the statement that runs the longest
    why: It holds locks and a connection; its client gets an error and may try again.
    phase: fix
    on: db
    effect: destructive
    preview:
      sql: |
        SELECT id, user, time, left(info, 60) AS statement
        FROM information_schema.processlist
        WHERE id = \${{ steps.look.row.id }} AND time > \${{ inputs.seconds }}
      max_rows: 1
    sql: KILL QUERY \${{ preview.row.id }}
    confirm:
      phrase: \${{ targets.db.database }}
      warning: The work of this statement is lost.
    verify:
      sql: |
        SELECT count(*) AS slow
        FROM information_schema.processlist
        WHERE id = \${{ steps.look.row.id }} AND command = 'Query' AND time > \${{ inputs.seconds }}
      until: result.row.slow == 0
      within: 30s
    undo: { none: A cancelled statement has to be run again by its client. }
    next:
      - if: error.kind in ["unverified", "declined", "no_permission"]
        finding: It still runs.
        goto: hand_over
      - goto: resolved

  - id: hand_over
    phase: verify
    finish: { outcome: escalated, summary: "Say who takes over, and what they need to know." }

  - id: resolved
    finish: { outcome: resolved, summary: "Statement \${{ steps.look.row.id }} ran too long, and is gone." }
prevention:
  - Say what keeps this from coming back.
`;

const cases = `inputs:
  database_url: mysql://oncall@db1.example.com/shop

cases:
  - name: the statement that runs the longest is cancelled
    steps:
      look: { rows: [{ id: 41, user: app, time: 900, statement: SELECT 1 }] }
      cancel:
        preview: { rows: [{ id: 41, user: app, time: 901, statement: SELECT 1 }] }
        result: { rows: [] }
        verify: { row: { slow: 0 } }
    answers:
      - confirm: cancel
    expect:
      path: [look, cancel, resolved]
      outcome: resolved
      findings: [1 statements run for more than 300 seconds]
      gates:
        - { step: cancel, effect: destructive, level: type, phrase: shop, rows: 1 }

  - name: what has ended by itself is not cancelled
    steps:
      look: { rows: [{ id: 41, user: app, time: 900, statement: SELECT 1 }] }
      cancel: { preview: { rows: [] } }
    expect:
      path: [look, cancel, resolved]
      gates: []

  - name: nothing is cancelled when nothing runs for long
    steps:
      look: { rows: [] }
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
      look: { rows: [{ id: 41, user: app, time: 900, statement: SELECT 1 }] }
      cancel:
        preview: { rows: [{ id: 41, user: app, time: 901, statement: SELECT 1 }] }
    answers:
      - { decline: cancel, because: the report has to finish }
    expect:
      path: [look, cancel, hand_over]
      outcome: escalated
`;
