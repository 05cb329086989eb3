import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Names } from '#runbook/expression/known-names.ts';
import { compileRegex, type Regex } from '#runbook/expression/regex.ts';
import { ANY, mappingOf, orNull, TEXT } from '#runbook/model/value-type.ts';
import { createPartReader, type PartReader } from '#runbook/read/part-reader.ts';
import { nodeAt, readDocument } from '#runbook/yaml/document.ts';
import { type LocatedNode, type LocatedScalar, readYaml } from '#runbook/yaml/located.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { ALERTS_SCHEMA, type AlertsDocument } from './schema.ts';
import type { AlertSource, AlertsConfig, Matcher, Route, SecretReference } from './value.ts';

/** The section, undefined if it has errors, and its problems. */
type ReadAlertsConfig = {
  readonly config: AlertsConfig | undefined;
  readonly problems: readonly Diagnostic<string>[];
};

/** The runs a source may start if its config sets no rate. */
const DEFAULT_RATE = '60/min';
/** The time between two runs of a fingerprint if the route sets none. */
const DEFAULT_COOLDOWN = '15m';
const NETWORK =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[\da-f.]*:[\da-f:.]*\/(?:\d{1,2}|1[01]\d|12[0-8]))$/i;
const UNIT_MS = { s: 1_000, min: 60_000, h: 3_600_000 } as const;

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

/**
 * Reads the `alerts:` section of a config file, with the places of its problems. The other
 * sections have readers of their own.
 */
export function readAlertsFile(source: Source): ReadAlertsConfig {
  const { node, problems } = readYaml(source);
  if (node === undefined) return { config: undefined, problems };
  const section = nodeAt(node, ['alerts']);
  if (section !== undefined) return readAlertsConfig(section);
  const hint = 'alerts: { sources: {…}, routes: […] }';
  const span = { start: node.span.start, end: node.span.start + 1 };
  const message = 'the key "alerts" is missing';
  return {
    config: undefined,
    problems: [{ severity: 'error', code: 'missing-key', message, span, hint }],
  };
}

/** Reads the node of the `alerts:` section. */
export function readAlertsConfig(node: LocatedNode): ReadAlertsConfig {
  const { value: document, problems: schema } = readDocument(ALERTS_SCHEMA, node);
  if (document === undefined || schema.length > 0) return { config: undefined, problems: schema };
  const problems: Diagnostic[] = [];
  const reader = new SectionReader(node, createPartReader(node, problems));
  const sources = Object.entries(document.sources).map(
    ([name, written]) => [name, reader.source(name, written)] as const,
  );
  const routes = document.routes.map((written, index) => reader.route(index, written, document));
  reader.checkOrder(routes);
  const isValid = !problems.some(({ severity }) => severity === 'error');
  return { config: isValid ? { sources: new Map(sources), routes } : undefined, problems };
}

type RouteDocument = AlertsDocument['routes'][number];

class SectionReader {
  readonly #node: LocatedNode;
  readonly #reader: PartReader;

  constructor(node: LocatedNode, reader: PartReader) {
    this.#node = node;
    this.#reader = reader;
  }

  source(name: string, written: AlertsDocument['sources'][string]): AlertSource {
    const keys = (['secret', 'previous_secret'] as const).filter((key) => written[key]);
    const [, count, unit = 'min'] = /^(\d+)\/(\w+)$/.exec(written.rate ?? DEFAULT_RATE) ?? [];
    const networks = written.networks ?? [];
    for (const [index, network] of networks.entries())
      if (!NETWORK.test(network))
        this.#wrong(
          ['sources', name, 'networks', index],
          `"${network}" is not a network`,
          'an address and a prefix length, e.g. 10.0.0.0/8',
        );
    return {
      name,
      kind: written.kind,
      secrets: keys.map((key) => this.#secret(['sources', name, key], written[key] ?? '')),
      rate: { count: Number(count), withinMs: UNIT_MS[unit as keyof typeof UNIT_MS] },
      networks,
    };
  }

  /** A secret in the text of the file would be quoted with every problem. */
  #secret(path: readonly string[], written: string): SecretReference {
    const span = this.#reader.span(path);
    if (!/^(?:env|file|command):\s*\S/.test(written))
      this.#reader.report(
        'wrong-value',
        { start: span.start, end: span.start + 1 },
        `${path.at(-1)} is not a reference`,
        'env:NAME, file:PATH or command: …; never the secret itself',
      );
    return { written, span };
  }

  route(index: number, written: RouteDocument, { sources }: AlertsDocument): Route {
    const at = ['routes', index] as const;
    if (written.source !== undefined && !Object.hasOwn(sources, written.source))
      this.#wrong(
        [...at, 'source'],
        `there is no source "${written.source}"`,
        didYouMean(written.source, Object.keys(sources)),
      );
    return {
      number: index + 1,
      source: written.source,
      match: Object.keys(written.match).flatMap((label) => this.#matcher(index, label)),
      runbook: written.run,
      runbookSpan: this.#reader.span([...at, 'run']),
      environment: written.environment,
      environmentSpan: this.#reader.span([...at, 'environment']),
      inputs: Object.keys(written.inputs ?? {}).flatMap((name) => {
        const path = [...at, 'inputs', name];
        const template = this.#reader.template(path, NAMES);
        return template === undefined
          ? []
          : [{ name, template, nameSpan: this.#reader.keySpan(path) }];
      }),
      fingerprint: written.fingerprint,
      cooldownMs: this.#reader.duration([...at, 'cooldown'], DEFAULT_COOLDOWN),
      severity: written.severity,
    };
  }

  #matcher(index: number, label: string): Matcher[] {
    const node = nodeAt(this.#node, ['routes', index, 'match', label]);
    if (node?.kind !== 'scalar') return [];
    const { text } = node;
    if (!text.startsWith('~'))
      return [{ label, written: text, matches: (value) => value === text }];
    const regex = this.#regex(node);
    return regex === undefined
      ? []
      : [{ label, written: text, matches: (value) => regex.matches(value) }];
  }

  /** The whole value has to match, as in Prometheus. */
  #regex({ text, offsets }: LocatedScalar): Regex | undefined {
    const pattern = text.slice(1);
    const { problem } = compileRegex(pattern);
    const whole = compileRegex(`\\A(?:${pattern})\\z`);
    if (problem === undefined && whole.regex !== undefined) return whole.regex;
    const { code, message, hint, at, length } = problem ?? { ...whole.problem, at: 0, length: 1 };
    this.#reader.report(
      code ?? 'regex-syntax',
      { start: offsets(at + 1), end: offsets(at + Math.max(1, length)) + 1 },
      `this pattern cannot be used: ${message}`,
      hint,
    );
    return undefined;
  }

  /** Later routes are never reached if one matches every alert. */
  checkOrder(routes: readonly Route[]): void {
    const all = routes.findIndex(({ match, source }) => match.length === 0 && source === undefined);
    if (all === -1 || all === routes.length - 1) return;
    const { start } = this.#reader.span(['routes', all + 1]);
    this.#reader.report(
      'default-not-last',
      { start, end: start + 1 },
      `route ${all + 1} matches every alert, so this route is never taken`,
      'move the route that matches every alert to the end',
    );
  }

  #wrong(path: readonly (string | number)[], message: string, hint: string | undefined): void {
    this.#reader.report('wrong-value', this.#reader.span(path), message, hint);
  }
}
