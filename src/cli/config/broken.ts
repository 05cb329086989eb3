import { invalidConfigText, readConfiguration } from './configuration.ts';

let isSaid = false;

/**
 * Reports invalid config files on standard error, once: the runbooks in their folders are not
 * found. Returns whether there are any.
 */
export function sayBrokenConfigs(): boolean {
  const broken = readConfiguration().files.filter(({ config }) => config === undefined);
  if (broken.length > 0 && !isSaid)
    for (const file of broken)
      process.stderr.write(
        `runbook: ${invalidConfigText(file)}\n\nIts runbooks and environments are ignored.\n\n`,
      );
  isSaid ||= broken.length > 0;
  return broken.length > 0;
}
