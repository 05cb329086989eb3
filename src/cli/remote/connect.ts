import { environmentError } from '#errors.ts';
import { ServerApi } from '#team/remote/server-api.ts';
import { RemoteStore } from '#team/remote/store.ts';
import { resolveReference } from '../environment/resolve-reference.ts';
import { warn } from '../say.ts';
import { type KnownServer, namedServer } from './servers.ts';

/**
 * Uses the runs of a server of a name, for the person whose token is here; the session on it ends
 * with the use. Rejects without a token.
 */
export async function withServer<T>(
  name: string,
  use: (runs: RemoteStore) => Promise<T>,
): Promise<T> {
  const server = namedServer(name);
  const api = new ServerApi({ name, url: server.url, token: await tokenOf(server) });
  const runs = new RemoteStore(api);
  try {
    return await use(runs);
  } finally {
    await runs.close();
  }
}

async function tokenOf({ name, url, token, folder }: KnownServer): Promise<string> {
  const hint = `log in: runbook login ${url.href} --name ${name}`;
  if (token === undefined) throw environmentError(`there is no token for ${name}`, hint);
  const options = { folder, hasTerminal: process.stdin.isTTY === true };
  const resolved = await resolveReference(token, options);
  if (!resolved.ok)
    throw environmentError(`there is no token for ${name}: ${resolved.reason}`, hint);
  if (resolved.warning !== undefined) warn(`runbook: ${resolved.warning}`);
  return resolved.text;
}
