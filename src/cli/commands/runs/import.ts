import { createReadStream } from 'node:fs';
import { EXIT, environmentError } from '#errors.ts';
import { onlyArgument, readArguments } from '../../arguments.ts';
import { storeHere } from '../../surroundings.ts';

/** `runbook runs import`: brings a run from another machine, after it was verified. */
export async function importRun(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, {});
  const file = onlyArgument(positionals, 'file');
  const archive = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    archive.once('open', () => resolve());
    archive.once('error', (error) =>
      reject(environmentError(`${file} cannot be read`, undefined, error)),
    );
  });
  const { id } = await storeHere().importRun(archive);
  process.stdout.write(`${id} is here, and as it was written: runbook transcript ${id}\n`);
  return EXIT.ok;
}
