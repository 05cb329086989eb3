import type { LabEngine } from '#lab/setup/engine.ts';

const NAMES: Readonly<Record<LabEngine, string>> = {
  postgres: 'PostgreSQL',
  'postgres-system': "the machine's PostgreSQL",
  mariadb: 'MariaDB',
  pgbouncer: 'PgBouncer',
};

/** Returns what people call an engine of the lab. */
export function engineName(engine: LabEngine): string {
  return NAMES[engine];
}
