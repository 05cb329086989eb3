import { EXIT, type ExitCode } from '#errors.ts';
import { connectionOf, openPool } from '#team/database.ts';
import { migrateEngine } from '#team/engine.ts';
import { grantRoles } from '#team/grants.ts';
import { migrate } from '#team/migrate.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import type { serverMigrate as spec } from '../../specs/team.ts';

/** `runbook server migrate`: creates or migrates the schemas of the control plane, and grants its roles. */
export async function migrateControlPlane({
  options,
}: CommandLine<typeof spec>): Promise<ExitCode> {
  const url = await controlPlaneUrl(options.database);
  const pool = openPool(url, 'runbook server migrate', 2);
  try {
    // The engine would create a database that is missing.
    (await connectionOf(pool)).release();
    await migrateEngine(url);
    await migrate(pool);
    await grantRoles(pool, { server: options['server-role'], worker: options['worker-role'] });
  } finally {
    await pool.end();
  }
  process.stdout.write('The control plane is migrated.\n');
  return EXIT.ok;
}
