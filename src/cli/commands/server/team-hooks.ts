import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Pool } from 'pg';
import { SYSTEMS } from '#alerts/read-payload.ts';
import { environmentError } from '#errors.ts';
import { alertState, recordAlerts } from '#team/served/alerts.ts';
import { refuseForTeam } from '#team/work/allowed.ts';
import type { AlertStart, AlertStore } from '#web/hooks.ts';
import type { WebParts } from '#web/seen-runs.ts';
import { secretProblem } from '#web/verify-webhook.ts';
import { readReference } from '../../config/reference.ts';
import { resolveReference } from '../../environment/resolve-reference.ts';
import { isLoopback } from '../../loopback.ts';
import type { ServerConfig } from './config.ts';
import type { RunStarter } from './start-run.ts';

type Hooks = NonNullable<WebParts['hooks']>;

/**
 * Returns the webhooks of a server, or undefined if its config has no alerts. Rejects if a secret
 * cannot be resolved or is too short, and if a route names a runbook that a team cannot run.
 */
export async function teamHooks(
  server: ServerConfig,
  { pool, starter, log }: { pool: Pool; starter: RunStarter; log: (text: string) => void },
): Promise<Hooks | undefined> {
  const { alerts, environments } = server;
  if (alerts === undefined) return undefined;
  const { config, runbooks } = alerts;
  for (const { runbook } of config.routes) {
    const named = runbooks.get(runbook);
    if (named !== undefined) refuseForTeam(named, {});
  }
  const maxOpen = (name: string) => environments?.get(name)?.maxOpen ?? 0;
  return {
    ...{ config, maxOpen, store: alertStore(pool, starter) },
    secrets: await secretsOf(config, server.folder, log),
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

async function secretsOf(
  { sources }: Hooks['config'],
  folder: string,
  log: (text: string) => void,
): Promise<Hooks['secrets']> {
  const resolved = new Map<string, readonly string[]>();
  for (const { name, kind, secrets } of sources.values()) {
    const texts: string[] = [];
    for (const { written } of secrets) {
      const found = await resolveReference(readReference(written), { folder, hasTerminal: false });
      if (!found.ok)
        throw environmentError(
          `the secret of the source "${name}" is not known: ${found.reason}`,
          found.hint,
        );
      if (found.warning !== undefined) log(found.warning);
      const problem = secretProblem(found.text, SYSTEMS[kind].verification);
      if (problem !== undefined) throw environmentError(`the source "${name}": ${problem}`);
      texts.push(found.text);
    }
    resolved.set(name, texts);
  }
  return resolved;
}

/** Behind a proxy on this machine the sender is the last address that the proxy has added. */
function senderOf(context: Context, { url }: Pick<ServerConfig, 'url'>): string | undefined {
  const peer = getConnInfo(context).remote.address?.replace(/^::ffff:/, '');
  const isProxied = url.protocol === 'https:' && peer !== undefined && isLoopback(peer);
  if (!isProxied) return peer;
  return context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer;
}
