import { invalidConfigText, readConfiguration } from './configuration.ts';
import { fetchedCommit, gitName } from './git-folder.ts';

let isSaid = false;

/**
 * Reports invalid config files, and runbooks that were not fetched from git, on standard error, once:
 * these runbooks are not found. Returns whether there are invalid files.
 */
export function sayBrokenConfigs(): boolean {
  const { files } = readConfiguration();
  const broken = files.filter(({ config }) => config === undefined);
  if (broken.length > 0 && !isSaid)
    for (const file of broken)
      process.stderr.write(
        `runbook: ${invalidConfigText(file)}\n\nIts runbooks and environments are ignored.\n\n`,
      );
  const missing = files
    .flatMap(({ config }) => config?.git ?? [])
    .filter((git) => fetchedCommit(git) === undefined);
  if (!isSaid)
    for (const git of missing)
      process.stderr.write(
        `runbook: the runbooks of ${gitName(git)} are not on this machine. Fetch them: runbook fetch\n\n`,
      );
  isSaid ||= broken.length + missing.length > 0;
  return broken.length > 0;
}
