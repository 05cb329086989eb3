import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { connectionOf, openPool } from '#team/database.ts';
import { migrateEngine } from '#team/engine.ts';
import { ANY_LABEL, grantRoles, type Login } from '#team/grants.ts';
import { migrate } from '#team/migrate.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import type { serverMigrate as spec } from '../../specs/team.ts';

/** `runbook server migrate`: creates or migrates the schemas of the control plane, and grants its roles. */
export async function migrateControlPlane({
  options,
}: CommandLine<typeof spec>): Promise<ExitCode> {
  const server = options['server-role'];
  const logins: readonly Login[] = [
    ...(server === undefined ? [] : [{ role: server, kind: 'server', labels: ANY_LABEL } as const]),
    ...options['worker-role'].map(workerLogin),
  ];
  const url = await controlPlaneUrl(options.database);
  const pool = openPool(url, 'runbook server migrate', 2);
  try {
    // The engine would create a database that is missing.
    (await connectionOf(pool)).release();
    await migrateEngine(url);
    await migrate(pool);
    await grantRoles(pool, logins);
  } finally {
    await pool.end();
  }
  process.stdout.write('The control plane is migrated.\n');
  return EXIT.ok;
}

function workerLogin(written: string): Login {
  const [, role, given] = /^([^=]+)(?:=(.+))?$/.exec(written) ?? [];
  const labels = given?.split(',').map((label) => label.trim());
  if (role === undefined || labels?.includes(''))
    throw usageError(`"${written}" is not a role with its labels`, 'write ROLE=LABEL,LABEL');
  return { role, kind: 'worker', labels: labels ?? ANY_LABEL };
}
