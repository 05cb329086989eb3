import { Audit } from '#team/audit/log.ts';
import type { Role, Scope } from '#team/policy/roles.ts';
import { type AccessPolicy, TeamAccess } from '#team/served/access.ts';
import { webApp } from '#web/app.ts';
import type { ServerConfig } from '../../src/cli/commands/server/config.ts';
import { TeamRuns } from '../../src/cli/commands/server/served-runs.ts';
import { servedTeam } from '../../src/cli/commands/server/served-team.ts';
import { RunStarter } from '../../src/cli/commands/server/start-run.ts';
import type { TeamStage } from './team-stage.ts';

const SOON = new Date(Date.now() + 3_600_000);

/** The pages over the control plane of a stage, with the runbooks of a folder, without a socket. */
export function pagesOver(
  { pool, store }: Pick<TeamStage, 'pool' | 'store'>,
  folder: string,
  {
    policy,
    environments,
  }: {
    readonly policy: AccessPolicy | undefined;
    readonly environments: ServerConfig['environments'];
  },
) {
  const errors: unknown[] = [];
  const access = new TeamAccess(pool, policy);
  const starter = new RunStarter(store, { environments }, [folder]);
  const app = webApp({
    ...{ runs: new TeamRuns(pool, store, starter), access, now: Date.now },
    ...{ team: servedTeam(pool, store, starter), audit: new Audit(pool) },
    reportError: (error) => errors.push(error),
  });
  const tokenOf = (person: string, role: Role, ...scopes: Scope[]) =>
    access.createToken({ person, role, scopes, expiresAt: SOON });
  return { app, errors, tokenOf };
}
