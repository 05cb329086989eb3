import { usageError } from '#errors.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Surroundings } from './options.ts';
import { resumedEvent } from './resume/interruption.ts';
import { lostCommand } from './resume/lost-commands.ts';
import type { RecordedRun } from './store/read-run.ts';
import { maskEvent } from './values/mask-event.ts';
import { SecretValues } from './values/secrets.ts';

/**
 * Ends a run permanently, e.g. because its server is gone: contacts no server, executes nothing,
 * and only records the end. Resolves with the ended run. Rejects if it has already finished, or a
 * process still writes it.
 */
export async function endRun(
  recorded: RecordedRun,
  around: Surroundings,
  reason: string,
): Promise<RunView> {
  const { record, records, check, repaired } = recorded;
  let view = foldEvents(records);
  if (view === undefined || view.status === 'finished')
    throw usageError(
      `the run ${record.id} has finished`,
      `see it with runbook transcript ${record.id}`,
    );
  // Secrets whose values are unknown here are still recognized in URLs.
  const { redactor } = new SecretValues();
  const journal = await record.journal.open({ clock: around.clock, after: check.head });
  try {
    const events: readonly RunEvent[] = [
      ...lostCommand(view),
      resumedEvent(around, repaired, cutOff(view)),
      {
        type: 'operator.acted',
        step: view.current ?? '',
        operator: around.operator,
        intent: { type: 'abort', reason },
      } as const,
      { type: 'run.finished', outcome: 'aborted', summary: reason } as const,
    ];
    for (const event of events) view = foldEvent(view, journal.append(maskEvent(event, redactor)));
    await journal.durable();
    return view;
  } finally {
    await journal.close();
  }
}

/** Returns the action that was running when its process died. */
function cutOff(view: RunView): EventOf<'run.resumed'>['interrupted'] {
  return view.steps.flatMap(({ id: step, effect, executions }) => {
    const last = executions.at(-1);
    if (last?.status !== 'running') return [];
    return [{ step, part: last.part, effect: last.action.kind === 'connect' ? 'read' : effect }];
  })[0];
}
