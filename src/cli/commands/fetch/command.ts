import { EXIT, usageError } from '#errors.ts';
import { readConfiguration } from '../../config/configuration.ts';
import { gitName } from '../../config/git-folder.ts';
import { fetchRepository } from './repository.ts';

/** `runbook fetch`: fetches the runbooks of the config files from git, each version once. */
export async function fetchRunbooks(): Promise<number> {
  const { files } = readConfiguration();
  const folders = files.flatMap(({ config }) => config?.git ?? []);
  const all = [...new Map(folders.map((git) => [gitName(git), git])).values()];
  const isBroken = files.some(({ config }) => config === undefined);
  if (all.length === 0 && !isBroken)
    throw usageError(
      'no config file has runbooks from git',
      'add one: runbooks: [{ git: URL, tag: v1 }]',
    );
  let failed = 0;
  for (const git of all) {
    const end = await fetchRepository(git);
    if (end.ok) {
      const before = end.before === undefined ? '' : `, before ${end.before.slice(0, 12)}`;
      process.stdout.write(`${gitName(git)}: ${end.commit.slice(0, 12)}${before}\n`);
    } else {
      failed += 1;
      process.stderr.write(`runbook: ${gitName(git)} cannot be fetched: ${end.reason}\n`);
    }
  }
  if (isBroken) return EXIT.invalid;
  return failed === 0 ? EXIT.ok : EXIT.environment;
}
