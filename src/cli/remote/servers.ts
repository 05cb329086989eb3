import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { usageError } from '#errors.ts';
import { errorAt } from '#runbook/diagnostic.ts';
import { opt, secretReference, text } from '#runbook/schema/parts.ts';
import { held, holds } from '#runbook/yaml/holds.ts';
import { readConfigFile } from '../commands/alerts/config.ts';
import { userConfigPath } from '../config/files.ts';
import { type Reference, readReference } from '../config/reference.ts';
import { serverUrl } from './server-url.ts';

/** A server of a team, as the user's file of servers has it. */
export type KnownServer = {
  readonly name: string;
  readonly url: URL;
  /** Where its token is; never the token itself. */
  readonly token: Reference | undefined;
  /** The folder that paths of references are relative to. */
  readonly folder: string;
};

/** A name of a server. */
export const SERVER_NAME = /^[a-z0-9][a-z0-9._-]*$/;

const address = holds(text('the address of the server'), (written, { node: { span } }) => {
  const checked = serverUrl(written);
  if ('url' in checked) return held(checked.url);
  const problem = errorAt('wrong-value', span, checked.refused, checked.hint);
  return { value: undefined, problems: [problem] };
});

const server = z
  .strictObject({
    url: address,
    token: opt(secretReference('the token of a person', 'the token')),
  })
  .check(z.describe('a server'));

const name = z
  .string()
  .check(z.regex(SERVER_NAME), z.describe('lower-case letters, digits, . _ and -'));

const SCHEMA = z.record(name, server).check(z.describe('servers by name'));

/** Returns the path of the user's file of servers, which may not exist. */
export function serversPath(): string {
  return join(dirname(userConfigPath()), 'servers.yaml');
}

/** Returns where a token is kept that somebody logged in with, from the folder of that file. */
export function tokenPath(name: string): string {
  return join('tokens', name);
}

/** Reads the user's file of servers; throws with every problem. */
export function readServers(): ReadonlyMap<string, KnownServer> {
  const path = serversPath();
  if (!existsSync(path) || readFileSync(path, 'utf8').trim() === '') return new Map();
  const { value } = readConfigFile(SCHEMA, path);
  const servers = Object.entries(value).map(([name, { url, token }]): [string, KnownServer] => {
    const reference = token && readReference(token.written);
    return [name, { name, url, token: reference, folder: dirname(path) }];
  });
  return new Map(servers);
}

/** Returns the server of a name; throws an error that names those there are. */
export function namedServer(wanted: string): KnownServer {
  const servers = readServers();
  const found = servers.get(wanted);
  if (found !== undefined) return found;
  if (servers.size === 0)
    throw usageError(`there is no server "${wanted}"`, 'log in to one: runbook login URL');
  throw usageError(
    `there is no server "${wanted}"`,
    `configured: ${[...servers.keys()].join(', ')}; another one: runbook login URL`,
  );
}
