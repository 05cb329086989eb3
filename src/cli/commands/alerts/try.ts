import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { SourceKind } from '#alerts/alert.ts';
import type { AlertsConfig } from '#alerts/config/schema.ts';
import { type Decided, decideAlerts } from '#alerts/decide.ts';
import { kindOf, type PayloadProblem, readPayload } from '#alerts/read-payload.ts';
import { routeAlert } from '#alerts/route.ts';
import { EXIT, environmentError, RunbookError } from '#errors.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { agreeing, counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { alertsTry as spec } from '../../specs/team.ts';
import { loadAlerts } from './config.ts';
import { conditionsOf } from './list.ts';

/** Exit code 1, as grep does when nothing matches. */
const STARTS_NOTHING = EXIT.unresolved;

/** `runbook alerts try`: prints the runs that the alerts of a recorded payload would start. */
export async function tryAlerts({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const { config, runbooks } = await loadAlerts(options.config, options.dir);
  const body = await readBody(argument);
  const kind = options.source ?? kindOf(body);
  const payload = readPayload(kind, body);
  if (!payload.ok) throw invalidPayload(argument, kind, payload.problem);
  const source = sourceOf(kind, config);
  const routing = { source: source.name, runbook: (name: string) => runbooks.get(name), digest };
  const routed = payload.alerts.map((alert) => routeAlert(alert, config, routing));
  const limits = { rate: source.rate, maxOpen: () => Number.POSITIVE_INFINITY };
  const decided = decideAlerts(routed, NO_RUNS, limits, 0);
  const { ignored, leftOut } = payload;
  const isConfigured = config.sources.has(source.name);
  const tried = { source: source.name, isConfigured, kind, decided, ignored, leftOut };
  const text = options.json ? JSON.stringify(jsonOf(tried), null, 2) : textOf(tried);
  process.stdout.write(`${text}\n`);
  return decided.every(isHandled) ? EXIT.ok : STARTS_NOTHING;
}

type Tried = {
  readonly source: string;
  readonly isConfigured: boolean;
  readonly kind: SourceKind;
  readonly decided: readonly Decided[];
  readonly ignored: number;
  readonly leftOut: number;
};

const NO_RUNS = { open: new Map(), finishedAt: new Map(), openRuns: [], startedAt: [] };

function isHandled({ decision }: Decided): boolean {
  return decision === 'started' || decision === 'joined' || decision === 'resolved';
}

async function readBody(path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(process.stdin) : readFileSync(path);
  } catch (error) {
    throw environmentError(`${path} cannot be read`, undefined, error);
  }
}

function invalidPayload(
  path: string,
  kind: SourceKind,
  { code, message }: PayloadProblem,
): RunbookError {
  const shown = path === '-' ? 'the input' : path;
  const isShape = code === 'wrong-shape';
  return new RunbookError(
    isShape
      ? `${shown} is not a payload of ${kind}: ${message}`
      : `${shown} is not a payload: ${message}`,
    {
      code: 'invalid-payload',
      exitCode: EXIT.invalid,
      hint: isShape ? 'name the kind of its source: --source KIND' : undefined,
    },
  );
}

/** The first source of a kind; without one, the payload can still be tried. */
function sourceOf(kind: SourceKind, { sources }: AlertsConfig) {
  const found = [...sources.values()].find((source) => source.kind === kind);
  return found ?? { name: kind, rate: { count: Number.POSITIVE_INFINITY, withinMs: 0 } };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function textOf({ source, isConfigured, decided, ignored, leftOut }: Tried): string {
  const { text } = createRedactor([]);
  const shown = (line: string): string => text(harmlessLine(line));
  const blocks = decided.map((one, index) =>
    blockOf(one, index + 1)
      .map(shown)
      .join('\n'),
  );
  const starts = decided.filter(({ decision }) => decision === 'started').length;
  const others = decided.filter((one) => !isHandled(one)).length;
  const sums = [
    ...(isConfigured ? [] : [`The config file has no source of the kind ${source}.`]),
    `${counted(decided.length, 'alert')} from ${source}: ${counted(starts, 'run')} would start.`,
    ...(others > 0 ? [`${counted(others, 'firing alert')} would start no run.`] : []),
    ...(ignored > 0
      ? [
          `${counted(ignored, 'event')} ${agreeing(ignored, 'neither starts nor ends', 'neither start nor end')} an alert.`,
        ]
      : []),
    ...(leftOut > 0
      ? [
          `${counted(leftOut, 'alert')} beyond the limit ${agreeing(leftOut, 'was', 'were')} left out.`,
        ]
      : []),
  ];
  return [...blocks, sums.join(' ')].join('\n\n');
}

const INDENT = 13;

function blockOf(one: Decided, number: number): readonly string[] {
  const { alert, route, fingerprint, severity, inputs, notGiven } = one.routed;
  const row = (name: string, value: string): string => `   ${name.padEnd(INDENT)}${value}`;
  const head = `${number}. ${alert.title} (${alert.status})`;
  const labels = row('labels', listOf(alert.labels));
  if (route === undefined) return [head, labels, row('route', 'none')];
  return [
    head,
    labels,
    row('route', `${route.number}: ${conditionsOf(route)}`),
    row('runbook', `${route.runbook} in ${route.environment}`),
    row('severity', severity),
    ...(Object.keys(inputs).length > 0 ? [row('inputs', listOf(inputs))] : []),
    ...notGiven.map(({ name, reason }) => row('not given', `${name}: ${reason}`)),
    row('fingerprint', fingerprint),
    row('decision', decisionText(one)),
  ];
}

function decisionText({ decision, reason, joins }: Decided): string {
  switch (decision) {
    case 'started':
      return 'starts a run';
    case 'joined':
      return `joins the run of alert ${(joins ?? 0) + 1}`;
    case 'resolved':
      return 'starts nothing: the alert is resolved';
    default:
      return `starts nothing: ${reason ?? decision}`;
  }
}

function listOf(texts: Readonly<Record<string, string>>): string {
  const all = Object.entries(texts).map(([name, value]) => {
    return `${name}=${/^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`;
  });
  return all.length === 0 ? 'none' : all.join(' ');
}

function jsonOf({ source, kind, decided, ignored, leftOut }: Tried) {
  return {
    source,
    kind,
    ignored,
    left_out: leftOut,
    alerts: decided.map(({ routed, decision, reason, joins }) => ({
      title: routed.alert.title,
      status: routed.alert.status,
      labels: routed.alert.labels,
      route: routed.route?.number ?? null,
      runbook: routed.route?.runbook ?? null,
      environment: routed.route?.environment ?? null,
      severity: routed.severity,
      inputs: routed.inputs,
      not_given: routed.notGiven,
      fingerprint: routed.fingerprint,
      decision,
      reason: reason ?? null,
      joins: joins === undefined ? null : joins + 1,
    })),
  };
}
