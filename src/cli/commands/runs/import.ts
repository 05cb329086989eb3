import { createReadStream } from 'node:fs';
import { EXIT, environmentError } from '#errors.ts';
import { importRun as importArchive } from '#run/store/archive.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { runsImport as spec } from '../../specs/records.ts';
import { storeHere } from '../../surroundings.ts';

/** `runbook runs import`: verifies an exported run and stores it. */
export async function importRun({ argument: file }: CommandLine<typeof spec>): Promise<number> {
  const archive = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    archive.once('open', () => resolve());
    archive.once('error', (error) =>
      reject(environmentError(`${file} cannot be read`, undefined, error)),
    );
  });
  const { id } = await importArchive(storeHere(), archive);
  process.stdout.write(`${id} was imported and verified. See: runbook transcript ${id}\n`);
  return EXIT.ok;
}
