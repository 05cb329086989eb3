import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Pool } from 'pg';
import { refuseForTeam } from '#team/work/allowed.ts';
import type { AlertStart, AlertStore } from '#web/hooks.ts';
import type { WebParts } from '#web/seen-runs.ts';
import { alertState, recordAlerts } from './alerts.ts';
import type { ServerConfig } from './config.ts';
import { isLoopback } from './loopback.ts';
import type { RunStarter } from './start-run.ts';

type Hooks = NonNullable<WebParts['hooks']>;

/**
 * Returns the webhooks of a server, or undefined if its config has no alerts. Throws a usage error
 * if a route names a runbook that a team cannot run.
 */
export function teamHooks(
  server: ServerConfig,
  { pool, starter, log }: { pool: Pool; starter: RunStarter; log: (text: string) => void },
): Hooks | undefined {
  const { alerts, environments } = server;
  if (alerts === undefined) return undefined;
  const { config, runbooks, secrets } = alerts;
  for (const { runbook } of config.routes) {
    const named = runbooks.get(runbook);
    if (named !== undefined) refuseForTeam(named, {});
  }
  const maxOpen = (name: string) => environments?.get(name)?.maxOpen ?? 0;
  return {
    ...{ config, secrets, maxOpen, store: alertStore(pool, starter) },
    runbook: (name) => runbooks.get(name),
    address: (context) => senderOf(context, server),
    log: (reason) => log(`a webhook was refused: ${reason}`),
  };
}

function alertStore(pool: Pool, starter: RunStarter): AlertStore {
  return {
    state: (question, source) => alertState(pool, question, source),
    record: (alerts) => recordAlerts(pool, alerts),
    start: ({ source, ...start }: AlertStart) =>
      starter.start({ ...start, by: `alert:${source}`, source: 'alert' }),
  };
}

/** Behind a proxy on this machine the sender is the last address that the proxy has added. */
function senderOf(context: Context, { url }: Pick<ServerConfig, 'url'>): string | undefined {
  const peer = getConnInfo(context).remote.address?.replace(/^::ffff:/, '');
  const isProxied = url.protocol === 'https:' && peer !== undefined && isLoopback(peer);
  if (!isProxied) return peer;
  return context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer;
}
