import { createWriteStream, rmSync } from 'node:fs';
import { EXIT, environmentError } from '#errors.ts';
import { writeArchive } from '#run/store/file/archive.ts';
import { readArguments } from '../../arguments.ts';
import { storeHere } from '../../surroundings.ts';
import { PROGRAM } from '../../version.ts';
import { reportSuspects } from './suspects-in-run.ts';

/** `runbook runs export`: writes a run with all that it kept into one file. */
export async function exportRun(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    output: { type: 'string', short: 'o' },
    strict: { type: 'boolean', default: false },
  });
  const run = storeHere().openRun(positionals[0] ?? 'latest');
  reportSuspects(run, values.strict);
  const file = values.output ?? `${run.id}.runbook-run`;
  try {
    await writeArchive(run, PROGRAM, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) rmSync(file, { force: true });
    throw environmentError(
      exists ? `${file} is there already` : `${file} cannot be written`,
      undefined,
      error,
    );
  }
  process.stdout.write(`${file}\n`);
  return EXIT.ok;
}
