import { type Alert, LIMITS, type Texts } from '#alerts/alert.ts';
import type { Route } from '#alerts/config/schema.ts';
import type { Decided, Decision, RunsState, StartLimits, StateQuestion } from '#alerts/decide.ts';
import type { RunAlert } from '#events/log/run-alert.ts';
import type { Severity } from '#runbook/model/terms.ts';
import {
  answerWebhook,
  type RoutedAlerts,
  readWebhook,
  type WebhookSetup,
} from './receive-webhook.ts';
import type { WebhookRequest } from './verify-webhook.ts';

/** A run that an alert starts. */
export type AlertStart = {
  readonly runbook: string;
  readonly environment: string;
  /** Texts of inputs by name; none is secret. */
  readonly inputs: Texts;
  /** The title instead of the runbook's. */
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly fingerprint: string;
  readonly alert: RunAlert;
  readonly maxOpen: number;
};

/** The result of a start. If another server was faster, the alert joins its run or is limited. */
type AlertStarted =
  | { readonly decision: 'started' | 'joined'; readonly run: string }
  | { readonly decision: 'limited'; readonly run?: undefined };

/** An alert as it is kept. */
export type RecordedAlert = {
  readonly alert: RunAlert;
  readonly fingerprint: string;
  readonly decision: Decision;
  readonly run: string | undefined;
  readonly reason: string | undefined;
};

/** An alert as it was kept, and whether its source has resolved it since. */
export type KeptAlert = { readonly alert: RunAlert; readonly isOver: boolean };

/** The port of the store that webhooks use. */
export type AlertStore = {
  readonly state: (question: StateQuestion, source: string) => Promise<RunsState>;
  /** Starts a run, in a transaction that checks fingerprint and open runs once more. */
  readonly start: (start: AlertStart) => Promise<AlertStarted>;
  /** Resolves with an alert that was kept; undefined if there is none of this ID, or not as a whole. */
  readonly find: (id: string) => Promise<KeptAlert | undefined>;
  /** Keeps alerts with the decisions about them, and tells their open runs what is new. */
  readonly record: (alerts: readonly RecordedAlert[]) => Promise<void>;
};

/** The surroundings of `POST /hooks/{source}`. */
export type Hooks = WebhookSetup & {
  readonly store: AlertStore;
  readonly maxOpen: StartLimits['maxOpen'];
  /** Called with why a request was refused, and with what a source has to be told. */
  readonly log: (text: string) => void;
};

/** An answer over HTTP. */
type HookAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: unknown;
};

/**
 * Answers `POST /hooks/{source}`. Rejects if the store fails: the sender tries again, and the alerts
 * join what was started. `now` is in milliseconds since 1970.
 */
export async function answerHook(
  name: string,
  request: WebhookRequest,
  hooks: Hooks,
  now: number,
): Promise<HookAnswer> {
  const read = readWebhook(name, request, hooks, now);
  if (!read.ok) {
    const { status, code, message, reason } = read;
    const sender = request.address === undefined ? '' : ` from ${request.address}`;
    hooks.log(`a webhook to ${quoted(name)}${sender} was refused: ${reason}`);
    // Some senders give their password only when they are asked for it.
    const headers = status === 401 ? { 'WWW-Authenticate': 'Basic realm="runbook"' } : {};
    return { status, headers, body: { error: { code, message } } };
  }
  if (read.note !== undefined) hooks.log(`the source ${name}: ${read.note}`);
  const state = await hooks.store.state(read.question, name);
  const { decided, status, retryAfterS } = answerWebhook(read, state, hooks, now);
  const recorded = await carryOut(decided, hooks);
  const { ignored, leftOut } = read;
  return {
    status,
    headers: retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) },
    body: { alerts: recorded.map(answerOf), ignored, left_out: leftOut },
  };
}

/** Whatever somebody wrote into an address is one word of a log. */
const quoted = (name: string) => JSON.stringify(name.slice(0, 64).toWellFormed());

/** Decides again about an alert that was kept, in the state of now, and starts its run if it may. */
export async function decideAgain(
  routed: RoutedAlerts,
  hooks: Hooks,
  now: number,
): Promise<RecordedAlert> {
  const state = await hooks.store.state(routed.question, routed.source.name);
  const [recorded] = await carryOut(answerWebhook(routed, state, hooks, now).decided, hooks);
  if (recorded === undefined) throw new Error('an alert has no decision');
  return recorded;
}

/** Starts the runs of alerts, and keeps them with what was decided. */
async function carryOut(decided: readonly Decided[], hooks: Hooks): Promise<RecordedAlert[]> {
  const recorded: RecordedAlert[] = [];
  for (const one of decided) recorded.push(await recordOf(one, recorded, hooks));
  await hooks.store.record(recorded);
  return recorded;
}

/** Starts the run of an alert, if it has one; `before` are the alerts before it. */
async function recordOf(
  { routed, decision, run, joins, reason }: Decided,
  before: readonly RecordedAlert[],
  { store, maxOpen }: Hooks,
): Promise<RecordedAlert> {
  const { alert, source, fingerprint, route } = routed;
  const kept = { alert: runAlertOf(alert, source), fingerprint, reason };
  if (decision === 'started' && route !== undefined) {
    const start = startOf(routed, { route, alert: kept.alert, maxOpen });
    return { ...kept, run: undefined, ...(await store.start(start)) };
  }
  const first = joins === undefined ? undefined : before[joins];
  // The run that it was to join was limited after all.
  if (first !== undefined && first.run === undefined && decision === 'joined')
    return { ...kept, decision: first.decision, run: undefined };
  return { ...kept, decision, run: run ?? first?.run };
}

function startOf(
  { inputs, severity, fingerprint, title }: Decided['routed'],
  {
    route: { runbook, environment },
    alert,
    maxOpen,
  }: { readonly route: Route; readonly alert: RunAlert } & Pick<StartLimits, 'maxOpen'>,
): AlertStart {
  const start = { runbook, environment, inputs, title, severity, fingerprint, alert };
  return { ...start, maxOpen: maxOpen(environment) };
}

/** The most characters of the labels and annotations of an alert in the record of its run. */
const MOST_SAID = 32 * 1024;

function runAlertOf(alert: Alert, source: string): RunAlert {
  const { key, status, title, startsAt, links } = alert;
  let room = MOST_SAID;
  let { leftOut } = alert;
  const fitting = (texts: Texts): Texts =>
    Object.fromEntries(
      Object.entries(texts).filter(([name, text]) => {
        room -= name.length + text.length;
        if (room < 0) leftOut += 1;
        return room >= 0;
      }),
    );
  const labels = fitting(alert.labels);
  const annotations = fitting(alert.annotations);
  return {
    ...{
      source,
      key: key.slice(0, LIMITS.prose).toWellFormed(),
      status,
      title,
      labels,
      annotations,
    },
    ...(startsAt === undefined ? {} : { startsAt }),
    links,
    ...(leftOut === 0 ? {} : { leftOut }),
  };
}

function answerOf({ fingerprint, decision, run }: RecordedAlert) {
  return { fingerprint, decision, run: run ?? null };
}
