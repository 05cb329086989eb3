import type { Connection } from 'mysql2';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { mysqlError } from '../../mysql/errors.ts';
import { mysqlPreparation } from '../../mysql/preparation.ts';
import type { Login, LoginFacts } from './result.ts';

/** Runs the statement of a login and reads the facts of the session. */
export async function queryMysql(
  driver: Connection,
  login: Login,
  isMariadb: boolean,
): Promise<StepError | undefined> {
  const { stages, context, statement, facts } = login;
  const { deadline } = context;
  const timeoutMs = Math.max(1, Math.floor(deadline.leftMs));
  const prepared =
    statement === undefined
      ? []
      : mysqlPreparation({ ...READ, timeoutMs }, isMariadb ? 'mariadb' : 'mysql');
  stages.enter('query');
  try {
    facts.row = (await deadline.race(read(driver, statement, prepared))) ?? null;
    Object.assign(facts, await deadline.race(readSession(driver)));
    if (!deadline.signal.aborted) return undefined;
  } catch (error) {
    if (!deadline.signal.aborted) return mysqlError(error, 'query');
  }
  return deadline.error({ phase: 'query', message: 'the server does not answer the statement' });
}

const READ: SqlAction = {
  kind: 'sql',
  target: '',
  text: '',
  values: [],
  readOnly: true,
  timeoutMs: 0,
  origin: [],
};

async function read(
  driver: Connection,
  statement = 'SELECT 1 AS one',
  prepared: readonly string[],
): Promise<Json> {
  for (const text of prepared) await ask(driver, text);
  const [row] = await ask(driver, statement);
  if (prepared.length > 0) await ask(driver, 'ROLLBACK');
  return row === undefined ? null : (JSON.parse(JSON.stringify(row)) as Json);
}

const SESSION = `
SELECT VERSION() AS version, CURRENT_USER() AS role, DATABASE() AS \`database\`,
  CONNECTION_ID() AS session, @@global.read_only AS read_only`;

type SessionRow = {
  readonly version: string;
  readonly read_only: number;
  readonly session: number;
};

async function readSession(driver: Connection): Promise<Partial<LoginFacts>> {
  const [row] = (await ask(driver, SESSION)) as unknown as readonly SessionRow[];
  return row === undefined ? {} : { ...row, read_only: Number(row.read_only) !== 0 };
}

function ask(driver: Connection, text: string): Promise<readonly object[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly object[]>();
  driver.query(text, (error, rows) =>
    error === null ? resolve(Array.isArray(rows) ? rows : []) : reject(error),
  );
  return promise;
}
