import { environmentError } from '#errors.ts';
import { ServerApi } from '#team/remote/server-api.ts';
import { resolveReference } from '../environment/resolve-reference.ts';
import { warn } from '../say.ts';
import { type KnownServer, namedServer } from './servers.ts';

/** Returns the server of a name, for the person whose token is here. Rejects without a token. */
export async function connectTo(name: string): Promise<ServerApi> {
  const server = namedServer(name);
  return new ServerApi({ name, url: server.url, token: await tokenOf(server) });
}

/** Uses a server of a name; the session on it ends with the use. */
export async function withServer<T>(name: string, use: (api: ServerApi) => Promise<T>): Promise<T> {
  const api = await connectTo(name);
  try {
    return await use(api);
  } finally {
    await api.close();
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
