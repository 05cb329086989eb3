import { agreeing, counted } from '#text/count.ts';
import { formatSeconds } from '#text/duration.ts';
import type { AlertSource } from './config/schema.ts';
import type { Routed } from './route.ts';

/** The possible decisions about an alert. */
export const DECISIONS = [
  'started',
  'joined',
  'resolved',
  'no-route',
  'refused',
  'limited',
] as const;
/** One of {@link DECISIONS}. */
export type Decision = (typeof DECISIONS)[number];

/** A runbook in an environment. */
export type Place = { readonly runbook: string; readonly environment: string };

/** A question to a store, asked before alerts are decided. */
export type StateQuestion = {
  readonly fingerprints: readonly string[];
  readonly places: readonly Place[];
  /** The starts of this source that count, in milliseconds before now. */
  readonly startsWithinMs: number;
};

/** The answer of a store. Times are in milliseconds since 1970. */
export type RunsState = {
  /** The open runs, by fingerprint. */
  readonly open: ReadonlyMap<string, string>;
  /** When the last run of a fingerprint finished. */
  readonly finishedAt: ReadonlyMap<string, number>;
  readonly openRuns: readonly (Place & { readonly count: number })[];
  /** When the source started runs lately, in any order. */
  readonly startedAt: readonly number[];
};

/** The limits of starts. */
export type StartLimits = {
  readonly rate: AlertSource['rate'];
  /** The open runs that a runbook may have in an environment. */
  readonly maxOpen: (environment: string) => number;
};

/** An alert and the decision about it. */
export type Decided = {
  readonly routed: Routed;
  readonly decision: Decision;
  /** The open run that it joined, or that it belonged to. */
  readonly run: string | undefined;
  /** The index in the payload of the alert whose new run it joins. */
  readonly joins: number | undefined;
  /** Why it was refused or limited. */
  readonly reason: string | undefined;
  readonly limit: 'cooldown' | 'open-runs' | 'rate' | undefined;
  /** If it was limited: when the same alert may start a run, as far as that is known. */
  readonly retryAfterMs: number | undefined;
};

/** Returns the question to a store that decides about alerts. */
export function questionOf(
  all: readonly Routed[],
  { rate }: Pick<AlertSource, 'rate'>,
): StateQuestion {
  const routes = all.flatMap(({ route }) => (route === undefined ? [] : [route]));
  const places = routes.map(
    ({ runbook, environment }) =>
      [placeKey({ runbook, environment }), { runbook, environment }] as const,
  );
  return {
    fingerprints: [...new Set(all.map(({ fingerprint }) => fingerprint))],
    places: [...new Map(places).values()],
    startsWithinMs: rate.withinMs,
  };
}

/**
 * Decides about the alerts of a payload, in their order: a run that one starts counts for those
 * after it. The state can be out of date: a start has to check it again.
 */
export function decideAlerts(
  all: readonly Routed[],
  state: RunsState,
  limits: StartLimits,
  now: number,
): readonly Decided[] {
  const decider = new Decider(state, limits, now);
  return all.map((routed, index) => decider.decide(routed, index));
}

type Verdict = Omit<Decided, 'routed'>;

class Decider {
  readonly #state: RunsState;
  readonly #limits: StartLimits;
  readonly #now: number;
  readonly #openRuns: Map<string, number>;
  readonly #started = new Map<string, number>();
  readonly #startedAt: number[];

  constructor(state: RunsState, limits: StartLimits, now: number) {
    this.#state = state;
    this.#limits = limits;
    this.#now = now;
    this.#openRuns = new Map(state.openRuns.map((one) => [placeKey(one), one.count]));
    this.#startedAt = state.startedAt.filter((at) => at > now - limits.rate.withinMs);
  }

  decide(routed: Routed, index: number): Decided {
    const { alert, route, fingerprint, refused } = routed;
    const run = this.#state.open.get(fingerprint);
    const joins = run === undefined ? this.#started.get(fingerprint) : undefined;
    const verdict = (decision: Decision, more: Partial<Verdict> = {}): Decided => {
      const nothing = { reason: undefined, limit: undefined, retryAfterMs: undefined };
      return { routed, decision, run, joins, ...nothing, ...more };
    };
    if (alert.status === 'resolved') return verdict('resolved');
    if (route === undefined) return verdict('no-route');
    if (run !== undefined || joins !== undefined) return verdict('joined');
    if (refused !== undefined) return verdict('refused', { reason: refused });
    const limit = this.#limitOf(fingerprint, route, route.cooldownMs);
    if (limit !== undefined) return verdict('limited', limit);
    this.#start(fingerprint, route, index);
    return verdict('started');
  }

  #limitOf(
    fingerprint: string,
    place: Place,
    cooldownMs: number,
  ): Pick<Decided, 'reason' | 'limit' | 'retryAfterMs'> | undefined {
    const finishedAt = this.#state.finishedAt.get(fingerprint);
    const cooling = finishedAt === undefined ? 0 : finishedAt + cooldownMs - this.#now;
    if (cooling > 0)
      return {
        limit: 'cooldown',
        reason: `the last run of this fingerprint finished less than ${formatSeconds(cooldownMs)} ago`,
        retryAfterMs: cooling,
      };
    const open = this.#openRuns.get(placeKey(place)) ?? 0;
    if (open >= this.#limits.maxOpen(place.environment))
      return {
        limit: 'open-runs',
        reason: `${counted(open, 'run')} of ${place.runbook} in ${place.environment} ${agreeing(open, 'is', 'are')} already open`,
        retryAfterMs: undefined,
      };
    const { count, withinMs } = this.#limits.rate;
    if (this.#startedAt.length < count) return undefined;
    // Of the last `count` starts the first has to leave the window.
    const first = this.#startedAt.toSorted((a, b) => a - b).at(-count) ?? this.#now;
    return {
      limit: 'rate',
      reason: `the source started ${counted(count, 'run')} in the last ${formatSeconds(withinMs)}`,
      retryAfterMs: first + withinMs - this.#now,
    };
  }

  #start(fingerprint: string, place: Place, index: number): void {
    const key = placeKey(place);
    this.#openRuns.set(key, (this.#openRuns.get(key) ?? 0) + 1);
    this.#started.set(fingerprint, index);
    this.#startedAt.push(this.#now);
  }
}

function placeKey({ runbook, environment }: Place): string {
  return `${runbook}@${environment}`;
}
