import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { CandidateSource } from '../../command-spec.ts';
import { findConfigFiles } from '../../config/files.ts';
import { placedRunbooks } from '../../library/placed-runbooks.ts';
import type { ConfiguredFolders } from '../../library/runbook-folders.ts';
import { environmentNames, inputNames, stepIds } from './outline.ts';

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
      return configTexts().flatMap(environmentNames);
    case 'file':
      return [{ value: ':files' }];
    case 'folder':
      return [{ value: ':folders' }];
  }
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
  if (existsSync(wanted) && wanted.includes('/')) return read(readFileSync(wanted, 'utf8'));
  const placed = placedRunbooks(dirs, await configuredFolders());
  const file = placed.find(({ name }) => name === wanted)?.file;
  return file === undefined ? [] : read(readFileSync(file, 'utf8'));
}

/** Reads config files only if there are any: the reader is slow to load. */
async function configuredFolders(): Promise<ConfiguredFolders> {
  if (configTexts().length === 0) return { project: [], user: [] };
  const configuration = await import('../../config/configuration.ts');
  return configuration.configuredFolders();
}

function configTexts(): readonly string[] {
  return findConfigFiles().flatMap((found) => ('file' in found ? [found.file.source.text] : []));
}
