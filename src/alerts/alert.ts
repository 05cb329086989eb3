import type { Severity } from '#runbook/model/terms.ts';

/** The systems whose alerts are understood; `jsm` reads Opsgenie as well, `generic` any other. */
export const SOURCE_KINDS = [
  'alertmanager',
  'grafana',
  'pagerduty',
  'jsm',
  'datadog',
  'sentry',
  'cloudwatch',
  'uptime-kuma',
  'newrelic',
  'zabbix',
  'generic',
] as const;
/** One of {@link SOURCE_KINDS}. */
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Texts by name, e.g. the labels of an alert. Has no key that objects inherit. */
export type Texts = Readonly<Record<string, string>>;

/** A page about an alert. */
export type Link = { readonly name: string; readonly url: string };

/** An alert, whatever system sent it. Every text is well-formed, and bounded except for `key`. */
export type Alert = {
  readonly status: 'firing' | 'resolved';
  /** The key by which its source tells alerts apart; the same while it fires and when it resolves. */
  readonly key: string;
  readonly title: string;
  /** Undefined if the source gave none that is known. */
  readonly severity: Severity | undefined;
  /** Routes match them; inputs and fingerprints come from them. */
  readonly labels: Texts;
  /** Explanations for people. */
  readonly annotations: Texts;
  /** When it began, as its source wrote it. */
  readonly startsAt: string | undefined;
  /** Its pages in its source and elsewhere, the most useful first; always http or https. */
  readonly links: readonly Link[];
  /** The number of labels and annotations that exceeded a limit. */
  readonly leftOut: number;
};

/** The bounds of a payload. Alerts and labels beyond them are left out and counted. */
export const LIMITS = {
  /** Bytes of a body. */
  bytes: 1024 * 1024,
  /** Alerts of a payload: later ones are left out. */
  alerts: 500,
  /** Objects and lists inside each other. */
  depth: 32,
  /** Labels, and annotations, of an alert. */
  labels: 100,
  /** Characters of the name of a label. */
  name: 200,
  /** Characters of the value of a label: a longer one is left out, not truncated. */
  value: 1_000,
  /** Characters of a title, an annotation or a URL: a longer one is truncated. */
  prose: 4_000,
} as const;
