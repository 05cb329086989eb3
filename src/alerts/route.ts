import type { Scope } from '#runbook/expression/cel.ts';
import { renderText } from '#runbook/expression/template.ts';
import { inputRefusal } from '#runbook/model/input-text.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { DEFAULT_SEVERITY, type Severity } from '#runbook/model/terms.ts';
import { type Alert, LIMITS, type Texts } from './alert.ts';
import type { AlertsConfig, Route } from './config/schema.ts';

/** The part of a runbook that routing reads. */
export type RoutedRunbook = Pick<Runbook, 'inputs' | 'severity'>;

/** The surroundings of routing. */
export type Routing = {
  /** The name of the source the alerts came from. */
  readonly source: string;
  /** Returns undefined for an unknown or invalid runbook. */
  readonly runbook: (name: string) => RoutedRunbook | undefined;
  /** A cryptographic digest, in hexadecimal digits. */
  readonly digest: (text: string) => string;
};

/** An alert with its route and the run that it would start. */
export type Routed = {
  readonly alert: Alert;
  readonly source: string;
  /** Undefined if no route matches. */
  readonly route: Route | undefined;
  /** One run at a time is open for a fingerprint. At most 200 characters. */
  readonly fingerprint: string;
  readonly severity: Severity;
  /** The title of the run instead of its runbook's, if the route has one that the alert can fill. */
  readonly title: string | undefined;
  /** The texts of inputs by name; each fits the type of its input. */
  readonly inputs: Texts;
  /** The inputs of the route that the alert has no value for: their defaults apply. */
  readonly notGiven: readonly { readonly name: string; readonly reason: string }[];
  /** The reason why this alert can start no run. */
  readonly refused: string | undefined;
};

const LONGEST_FINGERPRINT = 200;
const LONGEST_REASON = 300;

/** Returns an alert with the first route that matches it, and the run that the route describes. */
export function routeAlert(alert: Alert, { routes }: AlertsConfig, routing: Routing): Routed {
  const { source } = routing;
  const route = routes.find((one) => isFor(one, source, alert.labels));
  const fingerprint = fingerprintOf(alert, route, routing);
  const runbook = route === undefined ? undefined : routing.runbook(route.runbook);
  const severity = route?.severity ?? alert.severity ?? runbook?.severity ?? DEFAULT_SEVERITY;
  const found = { alert, source, route, fingerprint, severity };
  if (route === undefined)
    return { ...found, title: undefined, inputs: {}, notGiven: [], refused: undefined };
  const scope = scopeOf(alert, source);
  const title = titleOf(route, scope);
  if (runbook === undefined) {
    const refused = `the runbook "${route.runbook}" is unknown or invalid`;
    return { ...found, title, inputs: {}, notGiven: [], refused };
  }
  return { ...found, title, ...boundInputs(route, runbook, scope) };
}

const LONGEST_TITLE = 200;

function titleOf({ title }: Route, scope: Scope): string | undefined {
  const rendered = title && renderText(title, scope);
  if (rendered?.ok !== true) return undefined;
  const text = rendered.value.trim().slice(0, LONGEST_TITLE).toWellFormed();
  return text === '' ? undefined : text;
}

/** Returns whether a route is for an alert with these labels, of a source of this name. */
function isFor({ source, match }: Route, from: string, labels: Texts): boolean {
  if (source !== undefined && source !== from) return false;
  return match.every(({ label, matches }) =>
    matches(Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''),
  );
}

type Bound = Pick<Routed, 'inputs' | 'notGiven' | 'refused'>;

/** Values of labels come from outside: they become inputs only as texts of the declared types. */
function boundInputs(route: Route, runbook: RoutedRunbook, scope: Scope): Bound {
  const bound = route.inputs.map((input) => boundInput(input, runbook, scope));
  const refused = bound.find((one) => 'refused' in one)?.refused;
  return {
    inputs: Object.fromEntries(
      bound.flatMap((one) => ('text' in one ? [[one.name, one.text]] : [])),
    ),
    notGiven: bound.flatMap((one) => ('reason' in one ? [one] : [])),
    refused: refused?.slice(0, LONGEST_REASON).toWellFormed(),
  };
}

type BoundInput =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly reason: string }
  | { readonly refused: string };

function boundInput(
  { name, template }: Route['inputs'][number],
  { inputs }: RoutedRunbook,
  scope: Scope,
): BoundInput {
  const definition = inputs.find((input) => input.name === name);
  if (definition === undefined) return { refused: `the runbook has no input "${name}"` };
  if (definition.secret) return { refused: `the input "${name}" is secret: no alert can set it` };
  const rendered = renderText(template, scope);
  if (!rendered.ok) return { name, reason: rendered.reason };
  const text = rendered.value;
  // An empty label is not a label, as in Prometheus.
  if (text === '') return { name, reason: 'it is empty' };
  if (text.length > LIMITS.prose)
    return {
      refused: `the value of the input "${name}" is longer than ${LIMITS.prose} characters`,
    };
  const refused = inputRefusal(definition, text);
  return refused === undefined ? { name, text } : { refused };
}

function scopeOf(alert: Alert, source: string): Scope {
  const { key, title, severity = null, startsAt = null, links } = alert;
  const { labels, annotations } = alert;
  return {
    labels,
    annotations,
    alert: { source, key, title, severity, starts_at: startsAt, url: links[0]?.url ?? null },
  };
}

/**
 * By labels, alerts of several sources can mean the same run; the keys of two sources are never the
 * same.
 */
function fingerprintOf(
  alert: Alert,
  route: Route | undefined,
  { source, digest }: Routing,
): string {
  const names = route?.fingerprint;
  const text =
    route === undefined || names === undefined
      ? `${source}:${alert.key}`
      : `${route.runbook}@${route.environment} ${labelsText(names, alert.labels)}`;
  if (text.length <= LONGEST_FINGERPRINT) return text;
  return `${text.slice(0, 100).toWellFormed()}…${digest(text)}`;
}

function labelsText(names: readonly string[], labels: Texts): string {
  return JSON.stringify(
    names.map((name) => [name, Object.hasOwn(labels, name) ? labels[name] : null]),
  );
}
