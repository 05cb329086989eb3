import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '#errors.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { counted } from '#text/count.ts';
import { configuredFolders } from '../../config/configuration.ts';
import { shownPath } from '../../config/files.ts';
import {
  type FoundRunbook,
  findRunbook,
  readSource,
  runbooksOf,
} from '../../library/find-runbook.ts';
import { RunbookChecker } from '../../library/load-runbook.ts';
import {
  folderProblems,
  placedFolders,
  type RunbookFolder,
} from '../../library/runbook-folders.ts';
import { type Check, Section } from './check.ts';

/** The checked runbooks with their checks. */
export type RunbookChecks = {
  readonly runbooks: readonly Runbook[];
  readonly checks: readonly Check[];
};

/** Loads the named runbook, or all of them. */
export async function runbookChecks(
  name: string | undefined,
  dirs: readonly string[],
): Promise<RunbookChecks> {
  const section = new Section('runbooks');
  const folders = placedFolders(dirs, configuredFolders());
  const found =
    name === undefined
      ? runbooksOf(folders.map(({ folder }) => folder))
      : [findRunbook(name, dirs)];
  for (const problem of folderProblems(folders)) section.problem(problem);
  const runbooks: Runbook[] = [];
  const checker = new RunbookChecker(dirs.filter((dir) => existsSync(dir)));
  for (const one of found) {
    const runbook = await loadOne(one, section, checker);
    if (runbook !== undefined) runbooks.push(runbook);
  }
  if (name === undefined) countByFolder(found, folders, section);
  else if (runbooks.length > 0) section.ok(`${name} (${shownPath(found[0]?.file ?? '')}) is valid`);
  return { runbooks, checks: section.checks };
}

function countByFolder(
  found: readonly FoundRunbook[],
  folders: readonly RunbookFolder[],
  section: Section,
): void {
  for (const { folder, isNamed } of folders) {
    if (isNamed && !existsSync(folder)) continue;
    const count = found.filter(({ file }) => dirname(file) === folder).length;
    const state = existsSync(folder) ? counted(count, 'runbook') : 'does not exist';
    section.ok(`${shownPath(folder)}: ${state}`);
  }
}

async function loadOne(
  { name, file }: FoundRunbook,
  section: Section,
  checker: RunbookChecker,
): Promise<Runbook | undefined> {
  try {
    const checked = await checker.check(readSource(file));
    if (checked.ok) return checked.value;
    section.problem(`${name} is not valid`, `see: runbook validate ${name}`);
  } catch (error) {
    section.problem(`${name}: ${messageOf(error)}`);
  }
  return undefined;
}
