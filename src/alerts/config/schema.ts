import * as z from 'zod/mini';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import type { Names } from '#runbook/expression/known-names.ts';
import { patternProblems, wholePattern } from '#runbook/expression/regex.ts';
import { SEVERITIES } from '#runbook/model/terms.ts';
import { ANY, mappingOf, orNull, TEXT } from '#runbook/model/value-type.ts';
import { template } from '#runbook/schema/expressions.ts';
import { duration, identifier, opt, secretReference, text } from '#runbook/schema/parts.ts';
import { checked, held, holds, placed, withDefault } from '#runbook/yaml/holds.ts';
import { didYouMean } from '#text/suggest.ts';
import { SOURCE_KINDS } from '../alert.ts';

const secret = (what: string) => secretReference(what, 'the secret');
const scalar = (what: string) =>
  z.union([z.string(), z.number(), z.boolean()]).check(z.describe(what));

/** The runs that a source may start in a time. */
const rate = holds(
  z
    .string()
    .check(
      z.regex(/^[1-9]\d{0,5}\/(s|min|h)$/),
      z.describe('the runs that it may start in a time, e.g. 60/min'),
    ),
  (written) => {
    const [count, unit = ''] = written.split('/');
    return held({ count: Number(count), withinMs: UNITS[unit] ?? 0 });
  },
);
const UNITS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

const NETWORK =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[\da-f.]*:[\da-f:.]*\/(?:\d{1,2}|1[01]\d|12[0-8]))$/i;
const network = checked(z.string(), (written, { node: { span } }) => {
  if (NETWORK.test(written)) return [];
  const hint = 'an address and a prefix length, e.g. 10.0.0.0/8';
  return [errorAt('wrong-value', span, `"${written}" is not a network`, hint)];
});

const source = holds(
  z
    .strictObject({
      kind: z.enum(SOURCE_KINDS).check(z.describe('the system that sends the alerts')),
      secret: secret('the secret that the source signs with or sends'),
      previous_secret: opt(secret('the secret before it, accepted while it is replaced')),
      rate: withDefault(rate, { count: 60, withinMs: 60_000 }),
      networks: withDefault(
        z.array(network).check(z.describe('the networks it may send from, e.g. 10.0.0.0/8')),
        [],
      ),
    })
    .check(z.describe('a system that sends alerts to /hooks/NAME')),
  ({ secret, previous_secret: previous, ...written }, { path }) =>
    held({
      ...written,
      name: String(path.at(-1)),
      /** The current secret; the previous one after it while it is replaced. */
      secrets: previous === undefined ? [secret] : [secret, previous],
    }),
);

/** A condition on one label. The whole value has to match a pattern, as in Prometheus. */
const matcher = holds(
  scalar('the value of the label; ~TEXT is a regular expression'),
  (_, { node, path }) => {
    const label = String(path.at(-1));
    const written = node.kind === 'scalar' ? node.text : '';
    if (node.kind !== 'scalar' || !written.startsWith('~'))
      return held({ label, written, matches: (value: string) => value === written });
    const matches = wholePattern(written.slice(1));
    return held({ label, written, matches }, patternProblems(node, 1));
  },
);

/** The names of an input's `${{ }}`. */
const NAMES: Names = {
  labels: ANY,
  annotations: ANY,
  alert: mappingOf({
    source: TEXT,
    key: TEXT,
    title: TEXT,
    severity: orNull(TEXT),
    starts_at: orNull(TEXT),
    url: orNull(TEXT),
  }),
};
const input = holds(
  template(scalar('a value, with ${{ labels.NAME }}'), NAMES),
  (template, { path, key: nameSpan }) => held({ name: String(path.at(-1)), template, nameSpan }),
);

const route = holds(
  z
    .strictObject({
      source: opt(placed(text('only alerts of this source'))),
      match: z
        .record(z.string(), matcher)
        .check(z.describe('the labels an alert must have, by name; {} matches every alert')),
      run: placed(text('the name of a runbook')),
      environment: placed(identifier),
      inputs: withDefault(
        z.record(identifier, input).check(z.describe('the inputs of the run, by name')),
        {},
      ),
      fingerprint: opt(
        z
          .array(z.string())
          .check(z.minLength(1), z.describe('the labels that tell runs of this route apart')),
      ),
      cooldown: duration(
        'no other run of this fingerprint before this time after the last one',
        '15m',
      ),
      title: opt(template(scalar('the title of the run, with ${{ labels.NAME }}'), NAMES)),
      severity: opt(
        z.enum(SEVERITIES).check(z.describe("the severity of the run, instead of the alert's")),
      ),
    })
    .check(z.describe('a route from alerts to a runbook')),
  ({ source, match, run, environment, inputs, cooldown, ...written }, { node, path }) =>
    held({
      ...written,
      /** Its place in the list, from 1. */
      number: Number(path.at(-1)) + 1,
      /** Undefined for alerts of every source. */
      source: source?.value,
      match: Object.values(match),
      runbook: run.value,
      environment: environment.value,
      inputs: Object.values(inputs),
      cooldownMs: cooldown,
      spans: {
        route: node.span,
        source: source?.span,
        runbook: run.span,
        environment: environment.span,
      },
    }),
);

/** The `alerts:` section of the config file of a server. */
export const ALERTS_SCHEMA = holds(
  z
    .strictObject({
      sources: z
        .record(identifier, source)
        .check(z.describe('the systems that send alerts, by name')),
      routes: z.array(route).check(z.describe('the routes; the first that matches is taken')),
    })
    .check(z.describe('the alerts that start runs')),
  ({ sources, routes }) =>
    held({ sources: new Map(Object.entries(sources)), routes }, [
      ...routes.flatMap((one) => unknownSource(one, Object.keys(sources))),
      ...neverTaken(routes),
    ]),
);

/** A config file with alerts; its other sections have readers of their own. */
export const ALERTS_FILE = z.looseObject({
  alerts: ALERTS_SCHEMA.check(z.describe('alerts: { sources: {…}, routes: […] }')),
  environments: opt(z.record(z.string(), z.unknown())),
});

/** The `alerts:` section of a config file. */
export type AlertsConfig = z.infer<typeof ALERTS_SCHEMA>;
/** A system that may send alerts; from anywhere, if it has no networks. */
export type AlertSource = z.infer<typeof source>;
/** A condition on one label; a missing label has the empty text as its value. */
export type Matcher = z.infer<typeof matcher>;
/** A route from alerts to a runbook; without a fingerprint, the key of the source tells runs apart. */
export type Route = z.infer<typeof route>;

function unknownSource({ source, spans }: Route, known: readonly string[]): readonly Diagnostic[] {
  if (source === undefined || spans.source === undefined || known.includes(source)) return [];
  const message = `there is no source "${source}"`;
  return [errorAt('wrong-value', spans.source, message, didYouMean(source, known))];
}

/** Later routes are never reached if one matches every alert. */
function neverTaken(routes: readonly Route[]): readonly Diagnostic[] {
  const all = routes.findIndex(({ match, source }) => match.length === 0 && source === undefined);
  const next = all === -1 ? undefined : routes[all + 1];
  if (next === undefined) return [];
  const { start } = next.spans.route;
  const message = `route ${all + 1} matches every alert, so this route is never taken`;
  const hint = 'move the route that matches every alert to the end';
  return [errorAt('default-not-last', { start, end: start + 1 }, message, hint)];
}
