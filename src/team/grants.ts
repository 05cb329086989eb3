import pg, { type Pool } from 'pg';
import { inTransaction } from './database.ts';

/** The database roles of a team besides the owner; a missing one is granted nothing. */
export type TeamRoles = {
  readonly server?: string | undefined;
  readonly worker?: string | undefined;
};

/** The rights of every process of a team, and of the engine in it. */
const BOTH = [
  'USAGE ON SCHEMA runbook, dbos',
  'SELECT ON runbook.migration, runbook.run_event, runbook.run_output, runbook.run_live',
  'SELECT, INSERT ON runbook.runbook_text',
  'SELECT, UPDATE ON runbook.worker, runbook.run',
  'SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA dbos',
  'USAGE ON ALL SEQUENCES IN SCHEMA dbos',
];

/** A server writes no line of a journal, and makes neither persons nor tokens. */
const SERVER = [
  'INSERT ON runbook.run',
  'SELECT, INSERT ON runbook.run_intent, runbook.alert, runbook.audit',
  'SELECT ON runbook.person, runbook.token',
  'UPDATE (used_at) ON runbook.token',
  'SELECT, INSERT, DELETE ON runbook.web_session',
];

/** A worker starts no run, sends no answer, and knows nothing of persons, tokens and the audit. */
const WORKER = [
  'INSERT ON runbook.worker, runbook.run_event, runbook.run_output',
  'UPDATE (bytes) ON runbook.run_output',
  'INSERT, UPDATE, DELETE ON runbook.run_live',
  'SELECT, INSERT, UPDATE, DELETE ON runbook.run_change',
  'SELECT, UPDATE (done_at, answer) ON runbook.run_intent',
];

/**
 * Grants the roles what they need, and takes back everything else, in one transaction. A role that
 * does not exist is created without a password.
 */
export async function grantRoles(pool: Pool, { server, worker }: TeamRoles): Promise<void> {
  const wanted = [
    [server, SERVER],
    [worker, WORKER],
  ] as const;
  await inTransaction(pool, async (tx) => {
    for (const [role, own] of wanted) {
      if (role === undefined) continue;
      const name = pg.escapeIdentifier(role);
      const { rowCount } = await tx.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
      if (rowCount === 0) await tx.query(`CREATE ROLE ${name} LOGIN`);
      for (const schema of ['runbook', 'dbos'])
        await tx.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${name}`);
      for (const right of [...BOTH, ...own]) await tx.query(`GRANT ${right} TO ${name}`);
    }
  });
}
