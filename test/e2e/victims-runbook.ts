/** What a test may want different in the runbook that ends victims. */
export type VictimsOptions = {
  /** Seconds the read takes. */
  readonly readSeconds?: number;
  /** Seconds the statement goes on after it has ended a session. */
  readonly changeSeconds?: number;
};

/**
 * Returns a runbook that counts the sessions called `victim`, ends those it has pinned, checks that
 * they are gone and finishes resolved. Its phrase is `end them`.
 */
export function victimsRunbook({
  readSeconds = 0,
  changeSeconds = 0,
}: VictimsOptions = {}): string {
  return `name: victims
title: Victims are in the way
summary: Sessions called victim hold what others need.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
targets:
  db: { database: "\${{ inputs.database_url }}", engine: postgres }
steps:
  - id: count
    title: Count the victims
    phase: diagnose
    effect: read
    on: db
    sql: |
      SELECT count(*)::int AS victims, pg_sleep(${readSeconds})::text AS slept
      FROM pg_stat_activity WHERE application_name = 'victim'
    next:
      - finding: "\${{ result.row.victims }} victims are there."
  - id: end
    title: End the victims
    phase: fix
    effect: destructive
    on: db
    preview:
      sql: |
        SELECT pid, backend_start, application_name AS name FROM pg_stat_activity
        WHERE application_name = 'victim' ORDER BY pid
    sql: |
      SELECT pid, pg_terminate_backend(pid) AS ended, pg_sleep(${changeSeconds})::text AS slept
      FROM pg_stat_activity WHERE (pid, backend_start) IN (\${{ preview.rows }})
    confirm: { phrase: end them }
    verify:
      sql: SELECT count(*)::int AS left_over FROM pg_stat_activity WHERE application_name = 'victim'
      until: result.row.left_over == 0
      within: 5s
      every: 200ms
  - id: done
    title: The way is free
    phase: verify
    finish: { outcome: resolved, summary: The victims are gone. }
`;
}
