import type { PastRun, StartPage } from './page.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Returns how long ago a time was (ISO; `now` in ms since 1970): `just now`, `5 min ago`, `3 days ago`. */
export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (Number.isNaN(ms)) return '';
  if (ms < MINUTE_MS) return 'just now';
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  return ms < 60 * DAY_MS ? `${Math.floor(ms / DAY_MS)} days ago` : at.slice(0, 10);
}

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
