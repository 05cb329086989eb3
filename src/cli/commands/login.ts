import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { EXIT, type ExitCode, environmentError, usageError } from '#errors.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import { makePrivateFolder } from '#run/store/file/private-folder.ts';
import { ServerApi, ServerRefusal } from '#team/remote/server-api.ts';
import type { CommandLine } from '../command-spec.ts';
import { shownPath } from '../config/files.ts';
import { serverUrl } from '../remote/server-url.ts';
import { readServers, SERVER_NAME, serversPath, tokenPath } from '../remote/servers.ts';
import { say } from '../say.ts';
import type { login as spec } from '../specs/team.ts';

/** `runbook login`: keeps the token of a person for a server that accepts it. */
export async function login({ argument, options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const checked = serverUrl(argument);
  if ('refused' in checked) throw usageError(checked.refused, checked.hint);
  const { url } = checked;
  const name = options.name ?? url.hostname.replaceAll(/[[\]]/g, '').replaceAll(':', '-');
  if (!SERVER_NAME.test(name))
    throw usageError(
      `"${name}" is not a name for a server`,
      'use lower-case letters, digits, . _ and -: --name NAME',
    );
  const known = readServers().get(name);
  const path = tokenPath(name);
  const own = known?.token?.kind === 'file' && known.token.path === path;
  if (known !== undefined && (known.url.href !== url.href || !own))
    throw usageError(
      `${shownPath(serversPath())} has another server or token of the name ${name}`,
      'choose another name: --name NAME',
    );
  const token = await readToken(url);
  const person = await personOf(new ServerApi({ name, url, token }));
  keep(join(dirname(serversPath()), path), token);
  if (known === undefined) addServer(name, url, path);
  say(`Logged in to ${url.href.replace(/\/$/, '')}${person}.`);
  say(`Its runs: runbook runs --on ${name}`);
  return EXIT.ok;
}

/** Never an argument: other users see a command line. */
async function readToken(url: URL): Promise<string> {
  const { stdin, stdout } = process;
  const given =
    stdin.isTTY && stdout.isTTY
      ? await withPrompts((prompts) => prompts.ask(`token for ${url.host}: `, { masked: true }))
      : ({ kind: 'line', text: await textOf(stdin) } as const);
  const token = given.kind === 'line' ? given.text.trim() : '';
  if (token === '')
    throw usageError('no token was given', `an admin creates one: runbook token create PERSON`);
  if (/\s|[^\x21-\x7e]/.test(token)) throw usageError('this is not a token');
  return token;
}

/** Resolves with the name of the person, after `as`; empty for a token that must not sign in. */
async function personOf(api: ServerApi): Promise<string> {
  try {
    const person = await api.person();
    return person === undefined ? ' with a token that does not sign in' : ` as ${person}`;
  } catch (error) {
    if (error instanceof ServerRefusal && error.status === 401)
      throw environmentError('the server does not accept this token', undefined, error);
    throw error;
  } finally {
    await api.close();
  }
}

function keep(file: string, token: string): void {
  makePrivateFolder(dirname(file));
  // A file that exists would keep its mode.
  rmSync(file, { force: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
}

/** Appended as text: what the user wrote there stays as it is. */
function addServer(name: string, url: URL, token: string): void {
  const path = serversPath();
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const entry = `${name}:\n  url: ${url.href}\n  token: file:${token}\n`;
  const isOpen = before !== '' && !before.endsWith('\n');
  appendFileSync(path, `${isOpen ? '\n' : ''}${entry}`, { mode: 0o600 });
  try {
    if (readServers().has(name)) return;
  } catch {
    // Reported below.
  }
  writeFileSync(path, before);
  throw environmentError(`the server cannot be added to ${shownPath(path)}`, `add:\n${entry}`);
}
