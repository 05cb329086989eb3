import type { RunEvent } from '#events/log/event.ts';
import type { TeamStage } from './team-stage.ts';

/** Whether an event is the start of a change. */
export function isChange(event: RunEvent): event is RunEvent & { type: 'step.started' } {
  return event.type === 'step.started' && event.part === 'action' && event.effect !== 'read';
}

/** Resolves with the lines of a run that follow a line of a later epoch. */
export async function epochsOf({ pool }: TeamStage, run: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ seq: number }>(
    `SELECT seq FROM (SELECT seq, epoch, lag(epoch) OVER (ORDER BY seq) AS before
     FROM runbook.run_event WHERE run_id = $1) AS lines WHERE epoch < before`,
    [run],
  );
  return rows.map(({ seq }) => `${run}: line ${seq} follows a later epoch`);
}

/** Returns the gates that follow a change whose end is unknown and that nobody was asked about. */
export function unasked(run: string, events: readonly RunEvent[]): readonly string[] {
  const open = new Set<string>();
  return events.flatMap((event) => {
    if (isChange(event)) open.add(event.step);
    else if (event.type === 'step.finished' && event.part === 'action') open.delete(event.step);
    else if (event.type === 'operator.awaited' && event.for === 'unknown') open.delete(event.step);
    else if (event.type === 'gate.opened' && open.has(event.step))
      return [`${run}: a gate follows a change of ${event.step} that nobody was asked about`];
    return [];
  });
}

/** Returns the changes that were started without a confirmation of exactly them since their last start. */
export function unconfirmed(run: string, events: readonly RunEvent[]): readonly string[] {
  const confirmed = new Map<string, string>();
  return events.flatMap((event) => {
    if (event.type === 'gate.answered' && event.answer === 'confirmed')
      confirmed.set(event.step, event.digest);
    if (!isChange(event)) return [];
    const isConfirmed = confirmed.get(event.step) === event.digest;
    confirmed.delete(event.step);
    return isConfirmed ? [] : [`${run}: ${event.step} started without a confirmation`];
  });
}
