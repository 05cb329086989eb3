import { ago } from '#text/duration.ts';
import type { PastRun, StartPage } from './page.ts';

/** Returns when a runbook was last run and how that ended; nothing while it is not known. */
export function lastRunText({ runs, history }: StartPage, runbook: string, now: number): string {
  const last = runs.find((run) => run.runbook === runbook);
  if (last === undefined) return history === 'whole' ? 'never run' : '';
  if (last.status === 'running') return 'runs now';
  const ended = last.outcome ?? last.status;
  return last.endedAt === undefined ? ended : `${ended} ${ago(last.endedAt, now)}`;
}

/** Returns where an unfinished run stopped, and how. */
export function stoppedText({ status, step, stepTitle }: PastRun): string {
  const how = status === 'paused' ? 'left' : 'interrupted';
  if (step === undefined) return `${how} before its first step`;
  return `${how} at ${stepTitle === undefined ? step : `“${stepTitle}”`}`;
}
