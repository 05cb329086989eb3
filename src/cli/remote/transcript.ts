import type { ExitCode } from '#errors.ts';
import type { RunRecord } from '#run/store/port.ts';
import { withServer } from './connect.ts';
import { withFetchedRun } from './fetched-run.ts';
import { findRunOn, newestRunOn } from './find-run.ts';

/** `runbook transcript --on SERVER`: writes the transcript of a run that is fetched and verified. */
export async function transcriptOn(
  name: string,
  wanted: string | undefined,
  write: (run: RunRecord) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withServer(name, async (api) => {
    const id = await (wanted === undefined ? newestRunOn(api) : findRunOn(api, wanted));
    return await withFetchedRun(api, id, write);
  });
}
