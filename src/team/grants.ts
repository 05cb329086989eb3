import pg, { type Pool, type PoolClient } from 'pg';
import { inTransaction } from './database.ts';

/** A database role of a team besides the owner. */
export type Login = {
  readonly role: string;
  readonly kind: 'server' | 'worker';
  /** The labels of the runs that it sees and touches; `*` is any. */
  readonly labels: readonly string[];
};

/** The labels of a server, and of a worker whose labels nobody has named. */
export const ANY_LABEL: Login['labels'] = ['*'];

/** The rights of every process of a team, and of the engine in it: what ends dead workers, too. */
const BOTH = [
  'USAGE ON SCHEMA runbook, dbos',
  'SELECT ON runbook.migration, runbook.run_event, runbook.run_output, runbook.run_live',
  'SELECT, INSERT ON runbook.runbook_text',
  'SELECT, UPDATE (state, beat_at) ON runbook.worker',
  'SELECT, UPDATE (holder, epoch, leg, changed_at) ON runbook.run',
  'SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA dbos',
  'USAGE ON ALL SEQUENCES IN SCHEMA dbos',
  'EXECUTE ON FUNCTION runbook.add_months(int)',
];

const RIGHTS: Readonly<Record<Login['kind'], readonly string[]>> = {
  /** A server writes no line of a journal, and makes neither people nor tokens. */
  server: [
    'INSERT, UPDATE (watched_until) ON runbook.run',
    'SELECT, INSERT ON runbook.run_intent, runbook.alert, runbook.audit',
    'SELECT ON runbook.person, runbook.token',
    'UPDATE (used_at) ON runbook.token',
    'SELECT, INSERT, DELETE ON runbook.web_session',
    'SELECT, INSERT, UPDATE ON runbook.notice',
    // What is no longer needed, after a time.
    'DELETE ON runbook.worker, runbook.alert, runbook.notice, runbook.run_live',
    'DELETE ON ALL TABLES IN SCHEMA dbos',
  ],
  /**
   * A worker starts no run, changes nothing that a run began with, sends no answer, and knows nothing
   * of people, tokens and the audit.
   */
  worker: [
    'INSERT (id, labels, program, replay, places) ON runbook.worker',
    `UPDATE (head_seq, head_hash, status, waiting_for, current_step, outcome, summary, finished_at,
       trouble, failures) ON runbook.run`,
    'INSERT ON runbook.run_event, runbook.run_output',
    'UPDATE (bytes) ON runbook.run_output',
    'INSERT, UPDATE, DELETE ON runbook.run_live',
    'SELECT, INSERT, UPDATE, DELETE ON runbook.run_change',
    'SELECT, UPDATE (done_at, answer) ON runbook.run_intent',
  ],
};

const PARTS = ['run_event', 'run_output', 'run_live', 'run_change', 'run_intent'];
/** Its rows are found by a key whose collation differs from that of the parts. */
const OF_RUN = 'EXISTS (SELECT FROM runbook.run r WHERE r.id = run_id COLLATE "default")';

/** The rows of a role, by table and command; `$` are its labels. */
const ROWS: readonly (readonly [table: string, command: string, condition: string])[] = [
  ['run', 'ALL', 'label = ANY ($)'],
  ['worker', 'SELECT', 'labels && $'],
  ['worker', 'INSERT', 'labels <@ $'],
  ['worker', 'UPDATE', 'labels <@ $'],
  ['worker', 'DELETE', 'labels <@ $'],
  ...PARTS.map((table) => [table, 'ALL', OF_RUN] as const),
];

/**
 * Grants the roles, and those that were granted before, the rights and rows that they need, and takes
 * back everything else, in one transaction. A given role that does not exist is created without a
 * password.
 */
export async function grantRoles(pool: Pool, given: readonly Login[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    for (const { role, kind, labels } of given) {
      const { rowCount } = await tx.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
      if (rowCount === 0) await tx.query(`CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN`);
      await tx.query(
        `INSERT INTO runbook.login (role, kind, labels) VALUES ($1, $2, $3)
         ON CONFLICT (role) DO UPDATE SET kind = excluded.kind, labels = excluded.labels`,
        [role, kind, labels],
      );
    }
    const { rows } = await tx.query<Login>(
      'SELECT role, kind, labels FROM runbook.login JOIN pg_roles ON rolname = role ORDER BY role',
    );
    for (const login of rows) await grant(tx, login);
  });
}

async function grant(tx: PoolClient, { role, kind, labels }: Login): Promise<void> {
  const name = pg.escapeIdentifier(role);
  for (const schema of ['runbook', 'dbos'])
    await tx.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${name}`);
  for (const right of [...BOTH, ...RIGHTS[kind]]) await tx.query(`GRANT ${right} TO ${name}`);
  const own = `ARRAY[${labels.map(pg.escapeLiteral).join()}]::text[]`;
  for (const [table, command, condition] of ROWS) {
    const policy = `${pg.escapeIdentifier(`${command} ${role}`)} ON runbook.${table}`;
    const rows = labels.includes('*') ? 'true' : condition.replace('$', () => own);
    const clause = command === 'INSERT' ? 'WITH CHECK' : 'USING';
    await tx.query(`ALTER TABLE runbook.${table} ENABLE ROW LEVEL SECURITY`);
    await tx.query(`DROP POLICY IF EXISTS ${policy}`);
    await tx.query(`CREATE POLICY ${policy} FOR ${command} TO ${name} ${clause} (${rows})`);
  }
}
