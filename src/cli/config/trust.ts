import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { environmentError } from '#errors.ts';
import { stateFolder } from '#run/store/file/folders.ts';
import { makePrivateFolder } from '#run/store/file/private-folder.ts';
import type { ConfigFile } from './files.ts';
import { type Config, valuesOf } from './value.ts';

/** A command in a config file, with its key. */
export type ConfiguredCommand = { readonly key: string; readonly command: string };

/** Returns the commands of a config file, in file order. */
export function commandsOf(config: Config): readonly ConfiguredCommand[] {
  return [...config.environments.values()].flatMap(valuesOf).flatMap(({ key, reference }) => {
    return reference.kind === 'command' ? [{ key, command: reference.command }] : [];
  });
}

/**
 * True if the commands of a file may run: the user's own always, a project's once the user has
 * trusted exactly these.
 */
export function isTrusted(config: Config): boolean {
  if (config.file.kind === 'user') return true;
  return trusted()[config.file.path] === digestOf(config);
}

/** Records that the current commands of a project's file may run. */
export function trust(config: Config): void {
  write({ ...trusted(), [config.file.path]: digestOf(config) });
}

/** Revokes the trust in the commands of a project's file. */
export function forget(file: ConfigFile): void {
  const { [file.path]: _, ...others } = trusted();
  write(others);
}

/** Returns a digest of every command with its key, as they were shown. */
function digestOf(config: Config): string {
  const commands = commandsOf(config).map(({ key, command }) => [key, command]);
  return createHash('sha256').update(JSON.stringify(commands)).digest('hex');
}

function storePath(): string {
  return join(stateFolder(process.env, homedir()), 'trusted.json');
}

/** An unreadable file trusts nothing. */
function trusted(): Readonly<Record<string, string>> {
  try {
    const read: unknown = JSON.parse(readFileSync(storePath(), 'utf8'));
    return typeof read === 'object' && read !== null ? (read as Record<string, string>) : {};
  } catch {
    return {};
  }
}

function write(entries: Readonly<Record<string, string>>): void {
  const path = storePath();
  const draft = `${path}.${process.pid}`;
  try {
    makePrivateFolder(stateFolder(process.env, homedir()));
    writeFileSync(draft, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    throw environmentError(`${path} cannot be written`, undefined, error);
  }
}
