import { type Alert, LIMITS, type SourceKind } from './alert.ts';
import { alertmanager, grafana } from './payloads/alertmanager.ts';
import { cloudwatch } from './payloads/cloudwatch.ts';
import { datadog } from './payloads/datadog.ts';
import { generic } from './payloads/generic.ts';
import { jsm } from './payloads/jsm.ts';
import { newrelic } from './payloads/newrelic.ts';
import { pagerduty } from './payloads/pagerduty.ts';
import { sentry } from './payloads/sentry.ts';
import type { AlertSystem } from './payloads/system.ts';
import { uptimeKuma } from './payloads/uptime-kuma.ts';
import { zabbix } from './payloads/zabbix.ts';

/** The reason why a payload was not read. */
export type PayloadProblem = {
  readonly code: 'too-large' | 'not-utf8' | 'not-json' | 'too-deep' | 'wrong-shape';
  readonly message: string;
};

/** The alerts of a payload, or why it was not read. */
type Payload =
  | {
      readonly ok: true;
      readonly alerts: readonly Alert[];
      /** The number of events that neither start nor end an alert. */
      readonly ignored: number;
      /** The number of alerts beyond the limit. */
      readonly leftOut: number;
      /** Something for the log of the server. */
      readonly note: string | undefined;
    }
  | { readonly ok: false; readonly problem: PayloadProblem };

/** The systems by their names; of two that may have sent a payload, the first did. */
export const SYSTEMS: Readonly<Record<SourceKind, AlertSystem>> = {
  pagerduty,
  jsm,
  datadog,
  sentry,
  cloudwatch,
  'uptime-kuma': uptimeKuma,
  newrelic,
  zabbix,
  grafana,
  alertmanager,
  generic,
};

/** Reads the body of a webhook of a source. Never throws, whatever the body holds. */
export function readPayload(kind: SourceKind, body: Uint8Array): Payload {
  const parsed = parseBody(body);
  if ('problem' in parsed) return { ok: false, problem: parsed.problem };
  const found = SYSTEMS[kind].read(parsed.json);
  if (typeof found === 'string')
    return { ok: false, problem: { code: 'wrong-shape', message: found } };
  const items = found.items.slice(0, LIMITS.alerts);
  const alerts = items.map(found.read).filter((alert) => alert !== undefined);
  return {
    ok: true,
    alerts,
    ignored: items.length - alerts.length,
    leftOut: found.items.length - items.length,
    note: found.note,
  };
}

/** Returns the kind of source that a recorded body most likely came from. */
export function kindOf(body: Uint8Array): SourceKind {
  const parsed = parseBody(body);
  const json = 'json' in parsed ? parsed.json : undefined;
  const kinds = Object.keys(SYSTEMS) as SourceKind[];
  return kinds.find((kind) => SYSTEMS[kind].looksLike(json)) ?? 'generic';
}

function parseBody(
  body: Uint8Array,
): { readonly json: unknown } | { readonly problem: PayloadProblem } {
  const failed = (code: PayloadProblem['code'], message: string) => ({
    problem: { code, message },
  });
  if (body.length > LIMITS.bytes)
    return failed('too-large', `the body has more than ${LIMITS.bytes / 1024} KiB`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (isTooDeep(text))
      return failed('too-deep', `the body is nested more than ${LIMITS.depth} levels deep`);
    return { json: JSON.parse(text) };
  } catch (error) {
    return error instanceof SyntaxError
      ? failed('not-json', 'the body is not JSON')
      : failed('not-utf8', 'the body is not UTF-8');
  }
}

const NESTING = new Map([
  ['{', 1],
  ['[', 1],
  ['}', -1],
  [']', -1],
]);

/** Counts brackets outside of strings, before anything is built from them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '"') index = endOfString(text, index);
    else depth += NESTING.get(char) ?? 0;
    if (depth > LIMITS.depth) return true;
  }
  return false;
}

function endOfString(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index;
  }
  return text.length;
}
