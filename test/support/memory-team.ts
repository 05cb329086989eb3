import type { AuditLog, AuditNote } from '#web/audit.ts';
import type { ServedTeam } from '#web/served-team.ts';

/** A team without runbooks, workers and alerts. */
export const MEMORY_TEAM: ServedTeam = {
  runbooks: async () => [],
  runbook: async () => undefined,
  runbookNames: () => [],
  workers: async () => [],
  alerts: async () => [],
  alertsOf: async () => [],
  placeInQueue: async () => undefined,
  channelTroubles: async () => [],
  figures: async () => [],
};

/** An audit in memory. */
export class MemoryAudit implements AuditLog {
  readonly notes: AuditNote[] = [];

  async note(entry: AuditNote): Promise<void> {
    this.notes.push(entry);
  }
}
