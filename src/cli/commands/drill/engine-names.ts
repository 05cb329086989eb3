import type { LabEngine } from '#lab/setup/engine.ts';
import { ENGINE_FACTS } from '#runbook/model/engines.ts';

const NAMES: Readonly<Record<LabEngine, string>> = {
  postgres: ENGINE_FACTS.postgres.name,
  'postgres-system': `the machine's ${ENGINE_FACTS.postgres.name}`,
  mariadb: ENGINE_FACTS.mariadb.name,
  pgbouncer: 'PgBouncer',
};

/** Returns what people call an engine of the lab. */
export function engineName(engine: LabEngine): string {
  return NAMES[engine];
}
