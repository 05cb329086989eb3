import type { AlertSource, Matcher, Route } from '#alerts/config/schema.ts';
import { SYSTEMS } from '#alerts/read-payload.ts';
import { EXIT } from '#errors.ts';
import { formatSeconds } from '#text/duration.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../../command-spec.ts';
import { columnsOf } from '../../say.ts';
import type { alerts as spec } from '../../specs/team.ts';
import { type LoadedAlerts, loadAlerts } from './config.ts';

/** `runbook alerts list`: prints the sources and routes of a server's config file. */
export async function listRoutes({
  options,
}: Pick<CommandLine<typeof spec>, 'options'>): Promise<number> {
  const loaded = await loadAlerts(options.config, options.dir);
  const text = options.json ? JSON.stringify(jsonOf(loaded), null, 2) : textOf(loaded);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** Returns the conditions of a route as people write them: `env=prod host=~db-.*`. */
export function conditionsOf({ match, source }: Pick<Route, 'match' | 'source'>): string {
  const conditions = match.map(
    ({ label, written }) => `${label}=${/[\s"]/.test(written) ? JSON.stringify(written) : written}`,
  );
  const from = source === undefined ? [] : [`from ${source}`];
  const all = [...from, ...conditions].join(' ');
  return all === '' ? 'every alert' : all;
}

function textOf({ config }: LoadedAlerts): string {
  const sources = [...config.sources.values()].map((source) => [
    source.name,
    source.kind,
    `/hooks/${source.name}`,
    `${source.rate.count} in ${formatSeconds(source.rate.withinMs)}`,
    verifiedBy(source),
  ]);
  const routes = config.routes.map((route) => [
    String(route.number),
    route.runbook,
    route.environment,
    formatSeconds(route.cooldownMs),
    conditionsOf(route),
  ]);
  const width = columnsOf();
  return [
    sources.length === 0
      ? 'No sources.'
      : textTable(['SOURCE', 'KIND', 'PATH', 'RUNS', 'VERIFIED BY'], sources, width),
    routes.length === 0
      ? 'No routes.'
      : textTable(['ROUTE', 'RUNBOOK', 'ENVIRONMENT', 'COOLDOWN', 'ALERTS'], routes, width),
  ].join('\n\n');
}

function verifiedBy({ kind, networks }: AlertSource): string {
  const verification = SYSTEMS[kind].verification;
  const how = verification.how === 'hmac' ? verification.header : 'Authorization';
  return networks.length === 0 ? how : `${how}, from ${networks.join(' or ')}`;
}

function jsonOf({ config, runbooks }: LoadedAlerts) {
  const { sources, routes } = config;
  return {
    sources: [...sources.values()].map(({ name, kind, rate, networks }) => {
      return { name, kind, path: `/hooks/${name}`, rate, networks };
    }),
    routes: routes.map((route) => ({
      route: route.number,
      source: route.source ?? null,
      match: Object.fromEntries(route.match.map(({ label, written }: Matcher) => [label, written])),
      runbook: route.runbook,
      environment: route.environment,
      inputs: Object.fromEntries(route.inputs.map(({ name, template }) => [name, template.text])),
      fingerprint: route.fingerprint ?? null,
      cooldown_ms: route.cooldownMs,
      severity: route.severity ?? null,
      runbook_severity: runbooks.get(route.runbook)?.severity ?? null,
    })),
  };
}
