import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { ALERTS_SCHEMA, type AlertSource } from '#alerts/config/schema.ts';
import { SYSTEMS } from '#alerts/read-payload.ts';
import { environmentError, usageError } from '#errors.ts';
import { count, duration, identifier, opt, secretReference, text } from '#runbook/schema/parts.ts';
import { checked, withDefault } from '#runbook/yaml/holds.ts';
import { DEFAULT_LABEL, type ServerAlerts, type ServerConfig } from '#serve/config.ts';
import { isLoopback } from '#serve/loopback.ts';
import { RETENTION } from '#serve/retention.ts';
import { checkedAlerts, type LoadedAlerts, readConfigFile } from '../alerts/config.ts';
import { NOTIFY_KEYS, notifyRules, openChannels, unknownInRules } from './notify.ts';
import { POLICY_KEYS, policyOf, ROLES_SCHEMA } from './policy.ts';
import { RETENTION_SCHEMA, retentionOf } from './retention.ts';
import { configSecret, type SecretOptions } from './secret.ts';

/** The config of a server as its file has it. */
export type WrittenServerConfig = ServerConfig & {
  /** A reference to the URL of the control plane. */
  readonly database: string | undefined;
  /** The file, if there is one. */
  readonly file: string | undefined;
  /** The folder that paths in the file are relative to. */
  readonly folder: string;
};

const DEFAULT_FILE = 'team.yaml';
const DEFAULT_LISTEN = '127.0.0.1:8080';

const environment = z
  .strictObject({
    label: withDefault(text('the label of the workers that execute its runs'), DEFAULT_LABEL),
    max_open: withDefault(count('the most open runs of a runbook that alerts may start'), 5),
    hold: opt(duration('the time after which a run that waits for a person is parked')),
    roles: opt(ROLES_SCHEMA),
  })
  .check(z.describe('an environment'));

const SCHEMA = checked(
  z.strictObject({
    database: opt(secretReference('the URL of the control plane', 'the URL')),
    url: opt(text('the address under which people reach the server')),
    listen: opt(text('the address and the port to listen on')),
    environments: z
      .record(identifier, environment)
      .check(z.describe('the environments that runs may have')),
    ...POLICY_KEYS,
    alerts: opt(ALERTS_SCHEMA),
    ...NOTIFY_KEYS,
    retention: opt(RETENTION_SCHEMA),
  }),
  unknownInRules,
);

/**
 * Reads the config file of a server, by default `team.yaml` if there is one; undefined if there is
 * neither a file nor an address to listen on. Rejects with every problem, and if a secret cannot be
 * resolved or is too short. `warn` receives warnings about secrets.
 */
export async function loadServerConfig(
  given: { readonly config: string | undefined; readonly listen: string | undefined },
  dirs: readonly string[],
  warn: (text: string) => void,
): Promise<WrittenServerConfig | undefined> {
  const path = given.config ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (path === undefined) {
    if (given.listen === undefined) return undefined;
    const nothing = {
      ...{ environments: undefined, alerts: undefined, policy: undefined },
      ...{ channels: new Map<string, never>(), notify: [], retention: RETENTION },
    };
    return {
      ...nothing,
      database: undefined,
      file: undefined,
      folder: process.cwd(),
      ...checkedAddress(given.listen, undefined),
    };
  }
  const { source, value } = readConfigFile(SCHEMA, path);
  const { database, environments, alerts, url, listen } = value;
  const known = alerts && (await checkedAlerts(alerts, Object.keys(environments), source, dirs));
  const folder = dirname(resolve(path));
  return {
    ...{ file: path, folder, database: database?.written, policy: policyOf(value) },
    ...checkedAddress(given.listen ?? listen ?? DEFAULT_LISTEN, url),
    environments: new Map(
      Object.entries(environments).map(([name, { label, max_open: maxOpen, hold: holdMs }]) => [
        name,
        { label, maxOpen, holdMs },
      ]),
    ),
    channels: await openChannels(value, { folder, warn }),
    notify: notifyRules(value),
    retention: retentionOf(value.retention),
    alerts: known && { ...known, secrets: await secretsBySource(known, { folder, warn }) },
  };
}

async function secretsBySource(
  { config }: LoadedAlerts,
  options: SecretOptions,
): Promise<ServerAlerts['secrets']> {
  const secrets = new Map<string, readonly string[]>();
  for (const source of config.sources.values())
    secrets.set(source.name, await secretsOf(source, options));
  return secrets;
}

async function secretsOf(
  { name, kind, secrets }: AlertSource,
  options: SecretOptions,
): Promise<readonly string[]> {
  // Loaded only for alerts: a server without pages needs no HTTP.
  const { secretProblem } = await import('#web/verify-webhook.ts');
  const texts: string[] = [];
  for (const reference of secrets) {
    const text = await configSecret(reference, `the source "${name}"`, options);
    const problem = secretProblem(text, SYSTEMS[kind].verification);
    if (problem !== undefined) throw environmentError(`the source "${name}": ${problem}`);
    texts.push(text);
  }
  return texts;
}

/**
 * Returns the address to listen on, and the one that people use. Throws a usage error if other
 * machines reach it without TLS in front: tokens and sessions are sent over it.
 */
export function checkedAddress(listen: string, written: string | undefined) {
  const [, name, digits = ''] = /^(?:\[?([^[\]\s]+?)\]?:)?(\d{1,5})$/.exec(listen) ?? [];
  const host = name ?? '127.0.0.1';
  const port = Number(digits);
  if (digits === '' || port > 65_535)
    throw usageError(`"${listen}" is not an address to listen on`, `write ${DEFAULT_LISTEN}`);
  const url = URL.parse(written ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usageError('url is not the address of a web server', 'url: https://runbook.example.com');
  if (url.protocol === 'https:' || (isLoopback(host) && isLoopback(url.hostname)))
    return { host, port, url };
  throw usageError(
    `other machines reach ${isLoopback(host) ? url.host : listen}, and url is not https`,
    'put a proxy with TLS in front and write url: https://… into team.yaml, or listen on 127.0.0.1',
  );
}
