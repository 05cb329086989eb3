import { dialMysql, type MysqlDialOptions, type MysqlLink } from './dial.ts';

/** A session to cancel, with the way to its server. */
export type MysqlCancelTarget = {
  readonly url: string;
  /** Tried if no slot is free for a second connection. */
  readonly reserveUrl: string | undefined;
  readonly applicationName: string;
  /** The session's number as the server reported it. */
  readonly session: number;
};

/**
 * Cancels the running statement of a session with `KILL QUERY` from a second connection, which
 * occupies a slot meanwhile. Resolves with undefined once the server has done so, or with the
 * reason why it could not be asked, e.g. `Too many connections`, after `withinMs` at the latest.
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
