import type { ExitCode } from '#errors.ts';
import type { CommandLine } from '../command-spec.ts';
import { showAttached } from '../show-attached.ts';
import type { attach as spec } from '../specs/incident.ts';
import { withRuns } from '../surroundings.ts';

/** `runbook attach`: shows a run in progress until it ends or the watcher leaves. */
export async function attach({ argument, options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const { on, plain } = options;
  return await withRuns(on, (runs) => showAttached(runs, argument, { plain, isNew: false }));
}
