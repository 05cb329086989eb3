import { writeFileSync } from 'node:fs';
import { codeOf, EXIT, type ExitCode, environmentError } from '#errors.ts';
import { pathOf } from '#team/remote/state.ts';
import type { CommandLine } from '../command-spec.ts';
import { reportSuspects } from '../commands/runs/suspects.ts';
import type { runsExport as spec } from '../specs/records.ts';
import { withServer } from './connect.ts';
import { withFetchedRun } from './fetched-run.ts';
import { findRunOn, newestRunOn } from './find-run.ts';

/** `runbook runs export --on SERVER`: writes a run of a server, verified, to one file. */
export async function exportOn(
  name: string,
  { argument, options: { output, strict } }: CommandLine<typeof spec>,
): Promise<ExitCode> {
  return await withServer(name, async (api) => {
    const id = await (argument === undefined ? newestRunOn(api) : findRunOn(api, argument));
    await withFetchedRun(api, id, (run) => reportSuspects(run, strict));
    const file = output ?? `${id}.runbook-run`;
    write(file, await api.bytes(pathOf(id, 'archive')));
    process.stdout.write(`${file}\n`);
    return EXIT.ok;
  });
}

function write(file: string, bytes: Buffer): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const exists = codeOf(error) === 'EEXIST';
    const why = exists ? `${file} already exists` : `${file} cannot be written`;
    throw environmentError(why, undefined, error);
  }
}
