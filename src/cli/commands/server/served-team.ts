import type { Pool } from 'pg';
import { listAlerts } from '#team/served/alerts.ts';
import { teamFigures } from '#team/served/figures.ts';
import type { TeamStore } from '#team/store.ts';
import type { ServedTeam } from '#web/served-team.ts';
import type { RunStarter } from './start-run.ts';

/** Returns what the API tells of a team besides its runs. */
export function servedTeam(pool: Pool, store: TeamStore, starter: RunStarter): ServedTeam {
  return {
    runbooks: () => starter.runbooks(),
    workers: () => store.workers(),
    alerts: (wanted) => listAlerts(pool, wanted),
    figures: () => teamFigures(pool),
  };
}
