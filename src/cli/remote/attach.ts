import type { ExitCode } from '#errors.ts';
import type { CommandLine } from '../command-spec.ts';
import type { attach as spec } from '../specs/incident.ts';
import { withServer } from './connect.ts';
import { findRunOn, newestRunOn } from './find-run.ts';
import { followOn } from './follow.ts';

/** `runbook attach --on SERVER`: shows a run of a server, and answers it. */
export async function attachOn(
  name: string,
  { argument, options: { plain } }: CommandLine<typeof spec>,
): Promise<ExitCode> {
  return await withServer(name, async (api) => {
    const id = await (argument === undefined ? newestRunOn(api, 'open') : findRunOn(api, argument));
    return await followOn(api, id, { plain, isNew: false });
  });
}
