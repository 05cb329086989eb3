import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CandidateSource } from '../../command-spec.ts';
import { findConfigFiles, userConfigPath } from '../../config/files.ts';
import { placedRunbooks } from '../../library/placed-runbooks.ts';
import type { ConfiguredFolders } from '../../library/runbook-folders.ts';
import { type Named, stepIds, withLibraryTexts } from './step-ids.ts';

/** A possible word, and its meaning. */
export type Candidate = { readonly value: string; readonly about?: string };

/** The words already typed that candidates depend on. */
type Line = { readonly operands: readonly string[]; readonly dirs: readonly string[] };

/** Returns the candidates of a source. */
export async function candidatesFor(
  source: CandidateSource,
  typed: string,
  line: Line,
): Promise<readonly Candidate[]> {
  switch (source) {
    case 'runbook':
      return typed.includes('/') ? [{ value: ':files' }] : await runbooks(line.dirs);
    case 'run':
      return await runs();
    case 'input':
      return (await outlineOf(line, inputNames)).map(({ value, ...rest }) => ({
        value: `${value}=`,
        ...rest,
      }));
    case 'step':
      return await outlineOf(line, stepIds);
    case 'fault':
      return await faults();
    case 'environment':
      return await environments();
    case 'server':
      return serverNames();
    case 'file':
      return [{ value: ':files' }];
    case 'folder':
      return [{ value: ':folders' }];
  }
}

/** A name in braces stands for many, which only the reader of config files knows. */
async function environments(): Promise<readonly Candidate[]> {
  const texts = configTexts();
  if (!texts.some((text) => /^\s+["']?[\w-]*\{\w+\}/m.test(text)))
    return texts.flatMap(environmentNames);
  const { readConfiguration } = await import('../../config/configuration.ts');
  return [...readConfiguration().environments.values()].map(({ name, description }) => ({
    value: name,
    ...(description === undefined ? {} : { about: description }),
  }));
}

/** The text is scanned, not parsed, as those of config files are. */
function serverNames(): readonly Candidate[] {
  const path = join(dirname(userConfigPath()), 'servers.yaml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return [...text.matchAll(/^([a-z0-9][a-z0-9._-]*):/gm)].map(([, value = '']) => ({ value }));
}

async function faults(): Promise<readonly Candidate[]> {
  const { STARTABLE_FAULTS } = await import('#lab/start-fault.ts');
  return STARTABLE_FAULTS.map(({ name, title }) => ({ value: name, about: title }));
}

async function runbooks(dirs: readonly string[]): Promise<readonly Candidate[]> {
  const placed = placedRunbooks(dirs, await configuredFolders());
  return placed.map(({ name, origin }) => ({ value: name, about: origin }));
}

async function runs(): Promise<readonly Candidate[]> {
  const { runStore, stateFolder } = await import('#run/store/file/folders.ts');
  const { newestFirst } = await import('#run/store/file/order.ts');
  const { root } = runStore(stateFolder(process.env, homedir()));
  return newestFirst(`${root}/runs`).map((value) => ({ value }));
}

async function outlineOf(
  { operands: [wanted], dirs }: Line,
  read: (text: string) => readonly Candidate[],
): Promise<readonly Candidate[]> {
  if (wanted === undefined) return [];
  if (existsSync(wanted) && wanted.includes('/')) return read(withLibraryTexts(wanted));
  const placed = placedRunbooks(dirs, await configuredFolders());
  const file = placed.find(({ name }) => name === wanted)?.file;
  return file === undefined ? [] : read(withLibraryTexts(file));
}

/** Reads config files only if there are any: the reader is slow to load. */
async function configuredFolders(): Promise<ConfiguredFolders> {
  if (configTexts().length === 0) return { project: [], user: [], git: [] };
  const configuration = await import('../../config/configuration.ts');
  return configuration.configuredFolders();
}

function configTexts(): readonly string[] {
  return findConfigFiles().flatMap((found) => ('file' in found ? [found.file.source.text] : []));
}

/**
 * Returns the names of a runbook's inputs. The text is scanned, not parsed: that is fast, and works
 * on unfinished runbooks.
 */
export function inputNames(text: string): readonly Named[] {
  return keysUnder('inputs', text);
}

/** Returns the names of a config file's environments. */
function environmentNames(text: string): readonly Named[] {
  return keysUnder('environments', text);
}

function keysUnder(key: string, text: string): readonly Named[] {
  const [, inline, block = ''] =
    new RegExp(
      `^${key}:[ \\t]*(\\{.*\\})?[ \\t]*(?:#.*)?\\n((?:[ \\t]+.*\\n|[ \\t]*\\n|#.*\\n)*)`,
      'm',
    ).exec(`${text}\n`) ?? [];
  if (inline !== undefined)
    return [...inline.slice(1).matchAll(/(?:^|,)\s*([a-z][\w-]*)\s*:/g)].map(([, value = '']) => ({
      value,
    }));
  const indent = /^([ \t]+)[a-z]/m.exec(block)?.[1] ?? '';
  if (indent === '') return [];
  const keys = [...block.matchAll(new RegExp(`^${indent}([a-z][\\w-]*):(.*)$`, 'gm'))];
  return keys.map((match, index) => {
    const body = block.slice(match.index, keys[index + 1]?.index);
    const [, about] = /description:\s*["']?([^"'\n}]+)/.exec(body) ?? [];
    const value = match[1] ?? '';
    return about === undefined ? { value } : { value, about: about.trim() };
  });
}
