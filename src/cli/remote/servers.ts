import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { usageError } from '#errors.ts';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { opt, text } from '#runbook/schema/parts.ts';
import { nodeAt, readDocument } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import { invalidConfig, readConfigSource } from '../commands/alerts/config.ts';
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

const TOKEN_HINT = 'env:NAME, file:PATH or command: …; never the token itself';

const server = z
  .strictObject({
    url: text('the address of the server'),
    token: opt(text('the token of a person; env:NAME, file:PATH or command: …')),
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
  const source = readConfigSource(path);
  const { node, problems } = readYaml(source);
  if (node === undefined) throw invalidConfig(source, problems);
  const read = readDocument(SCHEMA, node);
  if (read.value === undefined || read.problems.length > 0)
    throw invalidConfig(source, read.problems);
  const wrong: Diagnostic<string>[] = [];
  const servers = Object.entries(read.value).map(([name, { url, token }]): KnownServer => {
    const at = (key: string) => (nodeAt(node, [name, key]) ?? node).span;
    const reference = token === undefined ? undefined : readReference(token);
    if (reference?.kind === 'text')
      wrong.push(errorAt('wrong-value', at('token'), 'token is not a reference', TOKEN_HINT));
    const checked = serverUrl(url);
    if ('refused' in checked)
      wrong.push(errorAt('wrong-value', at('url'), checked.refused, checked.hint));
    const address = 'url' in checked ? checked.url : new URL('https://invalid');
    return { name, url: address, token: reference, folder: dirname(path) };
  });
  if (wrong.length > 0) throw invalidConfig(source, wrong);
  return new Map(servers.map((one) => [one.name, one]));
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
