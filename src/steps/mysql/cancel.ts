import { dialMysql, type MysqlDialOptions, type MysqlLink } from './dial.ts';

/** A session to cancel, and how its server is reached. */
export type MysqlCancelTarget = {
  readonly url: string;
  /** Tried when there is no slot left for a second connection. */
  readonly reserveUrl: string | undefined;
  readonly applicationName: string;
  /** The session's number, as the server has told it to its client. */
  readonly session: number;
};

/**
 * Ends what a session is running with `KILL QUERY`, from a second connection, which takes a slot for
 * that moment. Resolves when the server has done so, or with the reason why it could not be asked,
 * e.g. `Too many connections`, after `withinMs` at the latest.
 */
export async function killMysqlQuery(
  target: MysqlCancelTarget,
  withinMs: number,
): Promise<string | undefined> {
  const { url, reserveUrl, applicationName, session } = target;
  const signal = AbortSignal.timeout(withinMs);
  const options: MysqlDialOptions = { applicationName, connectTimeoutMs: withinMs, signal };
  const kill = (link: MysqlLink) => killFrom(link, session);
  let dialled = await dialMysql(url, options, kill);
  if (dialled.error?.kind === 'too_many_connections' && reserveUrl !== undefined)
    dialled = await dialMysql(reserveUrl, options, kill);
  return dialled.error?.kind === 'cancelled' ? SILENT : dialled.error?.message;
}

const SILENT = 'the server gave no answer';

async function killFrom({ driver }: MysqlLink, session: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  driver.query(`KILL QUERY ${session}`, (error) => (error === null ? resolve() : reject(error)));
  await promise;
  driver.end();
}
