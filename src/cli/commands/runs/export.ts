import { createWriteStream, rmSync } from 'node:fs';
import { codeOf, EXIT, type ExitCode, environmentError } from '#errors.ts';
import { writeArchive } from '#run/store/archive.ts';
import type { RunRecord } from '#run/store/port.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { runsExport as spec } from '../../specs/records.ts';
import { withRun } from '../../surroundings.ts';
import { PROGRAM } from '../../version.ts';
import { reportSuspects } from './suspects.ts';

/** `runbook runs export`: writes a run with its outputs to one file. */
export async function exportRun(line: CommandLine<typeof spec>): Promise<number> {
  return await withRun(line, write);
}

async function write(
  run: RunRecord,
  options: CommandLine<typeof spec>['options'],
): Promise<ExitCode> {
  await reportSuspects(run, options.strict);
  const file = options.output ?? `${run.id}.runbook-run`;
  try {
    await writeArchive(run, PROGRAM, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    const exists = codeOf(error) === 'EEXIST';
    if (!exists) rmSync(file, { force: true });
    throw environmentError(
      exists ? `${file} already exists` : `${file} cannot be written`,
      undefined,
      error,
    );
  }
  process.stdout.write(`${file}\n`);
  return EXIT.ok;
}
