import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '#errors.ts';
import { catalogOf } from '#runbook/model/engines.ts';
import { CATALOGS } from './database/catalogs.ts';
import { loginOnce } from './database/held-connection.ts';
import type { EndedSession, SessionsOf } from './database/session-access.ts';
import { parseDatabaseUrl } from './database/url.ts';

const LOOKS = 50;
const LOOK_MS = 100;

/**
 * Ends the sessions of a run on a database server, except the one it does this with, and resolves
 * once the server has none of them any more. Their role may end them. Never rejects.
 */
export async function endSessions(of: SessionsOf): Promise<readonly EndedSession[]> {
  const engine = parseDatabaseUrl(of.url)?.engine;
  if (engine === undefined) return [];
  // A console has no sessions of a server, and no command that ends another.
  const access = await CATALOGS[catalogOf(of.engine ?? engine)].sessions?.();
  if (access === undefined) return [];
  const login = await loginOnce(access.logIn, { ...of, applicationName: of.clearing }, of.signal);
  if (login.error !== undefined) return [{ state: 'unknown', left: login.error.message }];
  try {
    const own = await access.ownSessions(login.connection, of);
    const found = await own.find();
    if (found.length > 0) await own.end(found);
    let left = found;
    for (let look = 0; left.length > 0 && look < LOOKS; look += 1) {
      if (look > 0) await delay(LOOK_MS);
      left = await own.find();
    }
    const stay = new Set(left.map(({ session }) => session));
    return found.map((one) =>
      stay.has(one.session) ? { ...one, left: 'the server has not ended it yet' } : one,
    );
  } catch (error) {
    return [{ state: 'unknown', left: messageOf(error) }];
  } finally {
    await login.connection.end();
  }
}
