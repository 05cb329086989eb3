import { createHash } from 'node:crypto';
import type { Alert } from '#alerts/alert.ts';
import type { AlertSource, AlertsConfig } from '#alerts/config/schema.ts';
import {
  type Decided,
  decideAlerts,
  questionOf,
  type RunsState,
  type StartLimits,
  type StateQuestion,
} from '#alerts/decide.ts';
import { type PayloadProblem, readPayload, SYSTEMS } from '#alerts/read-payload.ts';
import { type Routed, type Routing, routeAlert } from '#alerts/route.ts';
import type { RunAlert } from '#events/log/run-alert.ts';
import { verifyWebhook, type WebhookRequest } from './verify-webhook.ts';

/** The config, the secrets and the runbooks of a server. */
export type WebhookSetup = {
  readonly config: AlertsConfig;
  /** The resolved secrets of a source, by its name. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
  readonly runbook: Routing['runbook'];
};

/** Alerts of a source with their routes. */
export type RoutedAlerts = {
  readonly source: AlertSource;
  readonly routed: readonly Routed[];
  /** The question to the store, before {@link answerWebhook}. */
  readonly question: StateQuestion;
};

/** The alerts of a verified request with their routes, or the answer to a refused one. */
type ReadWebhook =
  | (RoutedAlerts & {
      readonly ok: true;
      readonly ignored: number;
      readonly leftOut: number;
      /** For the log. */
      readonly note: string | undefined;
    })
  | {
      readonly ok: false;
      readonly status: 400 | 401 | 413;
      /** For the sender: tells nothing of the secret, nor whether the source exists. */
      readonly code: 'not-verified' | PayloadProblem['code'];
      readonly message: string;
      /** For the log. */
      readonly reason: string;
    };

/** Verifies a request to `/hooks/NAME`, then reads it and routes its alerts. */
export function readWebhook(
  name: string,
  request: WebhookRequest,
  setup: WebhookSetup,
  now: number,
): ReadWebhook {
  const { config, secrets } = setup;
  const source = config.sources.get(name);
  if (source === undefined) return refused(401, `there is no source "${name}"`);
  const { kind, networks } = source;
  const verification = SYSTEMS[kind].verification;
  const known = { verification, networks, secrets: secrets.get(name) ?? [] };
  const verified = verifyWebhook(request, known, now);
  if (!verified.ok) return refused(verified.status, verified.reason);
  const payload = readPayload(kind, request.body);
  if (!payload.ok) {
    const { code, message } = payload.problem;
    return { ok: false, status: 400, code, message, reason: message };
  }
  const { alerts, ignored, leftOut, note } = payload;
  return { ok: true, ...routedBy(alerts, source, setup), ignored, leftOut, note };
}

/** Returns a kept alert with the route that it has now; undefined if its source is gone. */
export function routeAgain(kept: RunAlert, setup: WebhookSetup): RoutedAlerts | undefined {
  const source = setup.config.sources.get(kept.source);
  if (source === undefined) return undefined;
  const { startsAt, leftOut = 0 } = kept;
  // Its own severity is not kept.
  return routedBy([{ ...kept, startsAt, leftOut, severity: undefined }], source, setup);
}

function routedBy(
  alerts: readonly Alert[],
  source: AlertSource,
  { config, runbook }: WebhookSetup,
): RoutedAlerts {
  const routing = { source: source.name, runbook, digest };
  const routed = alerts.map((alert) => routeAlert(alert, config, routing));
  return { source, routed, question: questionOf(routed, source) };
}

/** The answer to a webhook, with the decisions to store before it is sent. */
type WebhookAnswer = {
  readonly decided: readonly Decided[];
  /** 429 if the rate of the source limited every alert: the sender can try again. */
  readonly status: 202 | 429;
  readonly retryAfterS: number | undefined;
};

/** Decides about alerts, in the state that the store gave. */
export function answerWebhook(
  { routed, source }: RoutedAlerts,
  state: RunsState,
  { maxOpen }: Pick<StartLimits, 'maxOpen'>,
  now: number,
): WebhookAnswer {
  const decided = decideAlerts(routed, state, { rate: source.rate, maxOpen }, now);
  const isLimited = decided.length > 0 && decided.every(({ limit }) => limit === 'rate');
  if (!isLimited) return { decided, status: 202, retryAfterS: undefined };
  const waits = decided.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return { decided, status: 429, retryAfterS: Math.ceil(Math.min(...waits) / 1_000) };
}

function refused(status: 401 | 413, reason: string): ReadWebhook {
  if (status === 413)
    return { ok: false, status, code: 'too-large', message: 'the body is too large', reason };
  return { ok: false, status, code: 'not-verified', message: 'not verified', reason };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
