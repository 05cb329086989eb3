import type { Client } from 'pg';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import { isAnswer, postgresError } from '../../postgres/errors.ts';
import { Statement } from '../../postgres/statement.ts';
import type { Login, LoginFacts } from './result.ts';

/** Runs the statement of a login and reads the facts of the session. */
export async function queryPostgres(client: Client, login: Login): Promise<StepError | undefined> {
  const { stages, context, statement, facts } = login;
  const { deadline } = context;
  stages.enter('query');
  try {
    facts.row = (await deadline.race(read(client, statement, deadline.leftMs))) ?? null;
    Object.assign(facts, await deadline.race(readSession(client)));
    if (!deadline.signal.aborted) return undefined;
  } catch (error) {
    if (!deadline.signal.aborted) return postgresError(error, 'query', statement);
  }
  return deadline.error({ phase: 'query', message: 'the server does not answer the statement' });
}

/**
 * Runs the author's statement in a read-only transaction, not as its first query: that one could
 * still make it writable.
 */
async function read(
  client: Client,
  statement: string | undefined,
  ms: number,
): Promise<LoginFacts['row']> {
  if (statement === undefined) return (await client.query<Row>('SELECT 1 AS one')).rows[0] ?? null;
  const timeout = Math.max(1, Math.floor(ms));
  await client.query(`BEGIN READ ONLY; SELECT set_config('statement_timeout', '${timeout}', true)`);
  const { rows } = await client.query(new Statement(statement, [], true)).result;
  await client.query('ROLLBACK');
  return rows[0] ?? null;
}

const SESSION = `
SELECT current_setting('server_version') AS version, current_user::text AS role,
  current_database()::text AS database, pg_backend_pid() AS session,
  pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') = 'on' AS read_only`;

/**
 * Reads the facts of a session. A pooler's console or a compatible server may not support the
 * query: then there are none.
 */
async function readSession(client: Client): Promise<Partial<LoginFacts>> {
  try {
    return (await client.query<LoginFacts>(SESSION)).rows[0] ?? {};
  } catch (error) {
    if (isAnswer(error)) return {};
    throw error;
  }
}
