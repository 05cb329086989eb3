import type { Intent } from '#events/log/intent.ts';
import type { RunHandle } from '#events/log/run-handle.ts';

/** Submits an intent of a run's operator, as an answer to the question that is open. */
export function send(run: RunHandle, intent: Intent): void {
  const { operator, awaited } = run.view();
  void run.submit({ intent, by: operator, answers: awaited?.seq });
}
