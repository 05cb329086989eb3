/** The number of reads in {@link READS}. */
export const STEPS = 20;

const read = (_: unknown, at: number) => `
  - id: read_${at + 1}
    effect: read
    on: db
    sql: SELECT count(*)::int AS waiting FROM orders`;

const HEAD = `
summary: Orders stay in the queue.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
  change_seconds: { type: number, default: 0 }
targets:
  db: { engine: postgres, database: "\${{ inputs.database_url }}" }
steps:`;

const DONE = `
  - id: done
    finish: { outcome: resolved, summary: All of it is read. }
`;

/** Reads that need nobody. */
export const READS = `name: reads
title: Many reads${HEAD}${Array.from({ length: STEPS }, read).join('')}${DONE}`;

/** A read, and a change at its gate. */
export const GATED = `name: gated
title: A gate${HEAD}${read(undefined, 0)}
  - id: release
    on: db
    effect: change
    preview:
      sql: SELECT name FROM locks WHERE name = 'shipper'
      fresh_for: 10m
    sql: INSERT INTO released (run, slept) SELECT \${{ run.id }}, pg_sleep(\${{ inputs.change_seconds }})::text
    timeout: 5m
    undo: { none: The shipper takes its lock again by itself. }${DONE}`;

/** The tables of the patient. */
export const PATIENT = `
CREATE TABLE orders (id int);
INSERT INTO orders SELECT generate_series(1, 7);
CREATE TABLE locks (name text);
INSERT INTO locks VALUES ('shipper');
CREATE TABLE released (run text, slept text)`;
