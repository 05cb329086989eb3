import { EXIT, type ExitCode } from '#errors.ts';
import { summaryLines } from '#report/summary.ts';
import type { Follower } from '#run/follow/follower.ts';
import type { AttachedRun } from '#run/follow/port.ts';
import type { RunSource } from '#run/store/port.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { choosePresentation, showFollowed, whileHere } from './present-run.ts';
import { say, warn } from './say.ts';
import { surroundingsHere } from './surroundings.ts';

/**
 * Shows a run that another process executes until it has ended or is left, and sends it the answers
 * of a person who may act. Returns the exit code of the run; 0 if it goes on, or if the person may
 * only watch. Of a new run everything is told, and without a terminal it is left once it waits.
 */
export async function showAttached(
  runs: RunSource,
  wanted: string | undefined,
  { plain, isNew }: { readonly plain: boolean; readonly isNew: boolean },
): Promise<ExitCode> {
  const presentation = choosePresentation({ plain });
  return await whileHere(presentation, async (gone) => {
    const fromStart = isNew && presentation !== 'screen';
    const watcher = { ...surroundingsHere(), say: warn, gone, fromStart };
    const attached = await runs.attach(wanted, watcher);
    const { run, readOnly, clock } = attached;
    const watching = readOnly !== undefined;
    let isWaiting = false;
    try {
      if (run !== undefined) {
        if (isNew && presentation === 'lines') leaveWhenAsked(run, () => (isWaiting = true));
        if (watching && presentation !== 'screen')
          say(`read-only: ${readOnly} Ctrl-C stops watching.`);
        await showFollowed(run, { runs, presentation, gone, watching, clock });
        await run.ended;
      }
    } finally {
      await attached.detach();
    }
    return ended(attached, { isWaiting, isTold: presentation === 'lines' && !watching });
  });
}

/** Leaves a run once it waits for a person. */
function leaveWhenAsked(run: Follower, onAsked: () => void): void {
  const look = (): void => {
    if (run.view().status !== 'waiting') return;
    onAsked();
    run.leave();
  };
  run.subscribe(look);
  look();
}

function ended(
  { run, readOnly, server, farewell }: AttachedRun,
  { isWaiting, isTold }: { readonly isWaiting: boolean; readonly isTold: boolean },
): ExitCode {
  const text = farewell(isWaiting);
  if (run === undefined || text !== undefined) {
    say(text ?? '');
    return isWaiting ? EXIT.notConfirmed : EXIT.ok;
  }
  if (!isTold) say(summaryLines(run.view(), server).join('\n'));
  const { outcome } = run.view();
  return readOnly !== undefined || outcome === undefined
    ? EXIT.ok
    : OUTCOME_FACTS[outcome].exitCode;
}
