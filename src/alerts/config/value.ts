import type { Template } from '#runbook/expression/template.ts';
import type { Severity } from '#runbook/model/terms.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { SourceKind, Texts } from '../alert.ts';

/** A secret as written: a reference that only the server resolves. */
export type SecretReference = { readonly written: string; readonly span: Span };

/** A system that may send alerts. */
export type AlertSource = {
  readonly name: string;
  readonly kind: SourceKind;
  /** The current secret; the previous one after it while it is replaced. */
  readonly secrets: readonly SecretReference[];
  /** The runs that it may start in a time. */
  readonly rate: { readonly count: number; readonly withinMs: number };
  /** Empty if it may send from anywhere. */
  readonly networks: readonly string[];
};

/** A condition on one label. */
export type Matcher = {
  readonly label: string;
  readonly written: string;
  /** A missing label has the empty text as its value. */
  readonly matches: (value: string) => boolean;
};

/** An input of a run, made from an alert. */
type RouteInput = {
  readonly name: string;
  readonly template: Template;
  readonly nameSpan: Span;
};

/** A route from alerts to a runbook. */
export type Route = {
  /** Its place in the list, from 1. */
  readonly number: number;
  /** Undefined for alerts of every source. */
  readonly source: string | undefined;
  readonly match: readonly Matcher[];
  readonly runbook: string;
  readonly runbookSpan: Span;
  readonly environment: string;
  readonly environmentSpan: Span;
  readonly inputs: readonly RouteInput[];
  /** The labels of the fingerprint; undefined for the key of the source. */
  readonly fingerprint: readonly string[] | undefined;
  readonly cooldownMs: number;
  readonly severity: Severity | undefined;
};

/** The `alerts:` section of a config file. */
export type AlertsConfig = {
  readonly sources: ReadonlyMap<string, AlertSource>;
  readonly routes: readonly Route[];
};

/** Returns whether a route is for an alert with these labels, of a source of this name. */
export function isFor({ source, match }: Route, from: string, labels: Texts): boolean {
  if (source !== undefined && source !== from) return false;
  return match.every(({ label, matches }) =>
    matches(Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''),
  );
}
