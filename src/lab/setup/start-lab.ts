import type { LabEngine } from './engine.ts';
import type { Lab } from './lab.ts';

/**
 * Starts the healthy servers of an engine. Throws an environment error if their programs are
 * missing.
 */
export async function startLab(engine: LabEngine): Promise<Lab> {
  switch (engine) {
    case 'postgres':
    case 'postgres-system':
      return (await import('./postgres-lab.ts')).startPostgresLab(engine);
    case 'mariadb':
      return (await import('./mariadb-lab.ts')).startMariadbLab();
    case 'pgbouncer':
      return (await import('./pgbouncer-lab.ts')).startPgbouncerLab();
  }
}
