import { folderRunbooks } from '#cli/library/folder-runbooks.ts';
import { PROGRAM } from '#cli/version.ts';
import type { Role } from '#events/log/news.ts';
import { TeamAccess } from '#serve/access.ts';
import type { ServerConfig } from '#serve/config.ts';
import { teamApp } from '#serve/pages.ts';
import { RETENTION } from '#serve/retention.ts';
import type { Scope } from '#team/policy/roles.ts';
import type { TeamStage } from './team-stage.ts';

const SOON = new Date(Date.now() + 3_600_000);

/** The pages over the control plane of a stage, with the runbooks of a folder, without a socket. */
export function pagesOver(
  { pool, store }: Pick<TeamStage, 'pool' | 'store'>,
  folder: string,
  {
    policy,
    environments,
    alerts,
  }: Pick<ServerConfig, 'policy' | 'environments'> & Partial<Pick<ServerConfig, 'alerts'>>,
) {
  const errors: unknown[] = [];
  const access = new TeamAccess(pool, policy);
  const url = new URL('http://127.0.0.1');
  const app = teamApp(
    {
      url,
      host: '127.0.0.1',
      port: 0,
      environments,
      alerts,
      policy,
      channels: new Map(),
      notify: [],
      retention: RETENTION,
    },
    {
      pool,
      store,
      runbooks: folderRunbooks([folder]),
      program: PROGRAM,
      say: (it) => errors.push(it),
    },
  );
  const tokenOf = async (person: string, role: Role, ...scopes: Scope[]) =>
    (await access.createToken({ person, role, scopes, expiresAt: SOON })).text;
  return { app, errors, tokenOf };
}
