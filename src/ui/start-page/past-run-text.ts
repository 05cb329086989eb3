import { ago } from '#text/duration.ts';
import type { PastRun, StartPage } from './page.ts';

/** Returns the time and outcome of a runbook's last run; nothing while it is unknown. */
export function lastRunText({ runs, history }: StartPage, runbook: string, now: number): string {
  const last = runs.find((run) => run.runbook === runbook);
  if (last === undefined) return history === 'whole' ? 'never run' : '';
  if (last.status === 'running') return 'runs now';
  const ended = last.outcome ?? last.status;
  return last.endedAt === undefined ? ended : `${ended} ${ago(last.endedAt, now)}`;
}

/** Returns the step at which an unfinished run stopped, and its status. */
export function stoppedText({ status, step, stepTitle }: PastRun): string {
  const how = status === 'paused' ? 'left' : 'interrupted';
  if (step === undefined) return `${how} before its first step`;
  return `${how} at ${stepTitle === undefined ? step : `“${stepTitle}”`}`;
}
