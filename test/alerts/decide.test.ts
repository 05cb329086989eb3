import { describe, expect, test } from 'vitest';
import type { Alert } from '#alerts/alert.ts';
import { decideAlerts, questionOf, type RunsState } from '#alerts/decide.ts';
import { routeAlert } from '#alerts/route.ts';
import { alertWith, routesConfig, routingTo } from '../fixtures/alert-files.ts';
import { draws, fc } from '../support/properties.ts';

const NOW = 1_000_000_000;
const MINUTE = 60_000;
const config = routesConfig(
  '{ match: { alertname: pool }, run: pool, environment: prod, cooldown: 15m, inputs: { n: "${{ labels.n }}" } }',
  '{ match: { alertname: disk }, run: disk, environment: prod }',
);

const routed = (...alerts: readonly Partial<Alert>[]) =>
  alerts.map((parts) =>
    routeAlert(alertWith(parts), config, routingTo({ name: 'n', type: 'number' })),
  );
const pool = (key: string, more: Partial<Alert> = {}) => ({
  key,
  ...more,
  labels: { alertname: 'pool', ...more.labels },
});

const EMPTY: RunsState = { open: new Map(), finishedAt: new Map(), openRuns: [], startedAt: [] };
const limits = { rate: { count: 3, withinMs: MINUTE }, maxOpen: () => 2 };

const decided = (all: ReturnType<typeof routed>, state: Partial<RunsState> = {}) =>
  decideAlerts(all, { ...EMPTY, ...state }, limits, NOW);
const decisions = (...of: Parameters<typeof decided>) => decided(...of).map((one) => one.decision);

test('a firing alert with a route starts a run, and one without does not', () => {
  expect(decisions(routed(pool('a'), { key: 'b' }))).toEqual(['started', 'no-route']);
});

test('an alert joins the open run of its fingerprint, even if it could start none itself', () => {
  const open = new Map([['generic:a', 'run-1']]);
  const wrong = pool('a', { labels: { n: 'many' } });
  expect(decided(routed(pool('a'), wrong), { open })).toMatchObject([
    { decision: 'joined', run: 'run-1' },
    { decision: 'joined', run: 'run-1' },
  ]);
});

test('of two alerts of a payload with one fingerprint the second joins the first', () => {
  expect(decided(routed(pool('b'), pool('a'), pool('a')))).toMatchObject([
    { decision: 'started' },
    { decision: 'started' },
    { decision: 'joined', run: undefined, joins: 1 },
  ]);
});

test('a resolved alert starts nothing, and names the run it belonged to', () => {
  const open = new Map([['generic:a', 'run-1']]);
  const over = { status: 'resolved' } as const;
  expect(decided(routed(pool('a', over), pool('b', over)), { open })).toMatchObject([
    { decision: 'resolved', run: 'run-1' },
    { decision: 'resolved', run: undefined },
  ]);
});

test('an alert with a value that does not fit is refused with the reason', () => {
  expect(decided(routed(pool('a', { labels: { n: 'many' } })))).toMatchObject([
    { decision: 'refused', reason: 'the input "n" has to be a number, and "many" is not' },
  ]);
});

describe('limits', () => {
  test('no run starts within the cooldown after the last one of its fingerprint', () => {
    const since = (minutes: number) =>
      decided(routed(pool('a')), {
        finishedAt: new Map([['generic:a', NOW - minutes * MINUTE]]),
      })[0];
    expect(since(14)).toMatchObject({
      decision: 'limited',
      limit: 'cooldown',
      retryAfterMs: MINUTE,
      reason: 'the last run of this fingerprint finished less than 15 min ago',
    });
    expect(since(15)?.decision).toBe('started');
  });

  test('a runbook has so many open runs in an environment, those of this payload included', () => {
    const openRuns = [{ runbook: 'pool', environment: 'prod', count: 1 }];
    expect(
      decided(routed(pool('a'), pool('b'), { labels: { alertname: 'disk' } }), { openRuns }),
    ).toMatchObject([
      { decision: 'started' },
      {
        decision: 'limited',
        limit: 'open-runs',
        reason: '2 runs of pool in prod are already open',
      },
      { decision: 'started' },
    ]);
  });

  test('a source starts so many runs in a time', () => {
    const startedAt = [NOW - 10_000, NOW - MINUTE, NOW - 50_000];
    expect(decided(routed(pool('a'), pool('b')), { startedAt })).toMatchObject([
      { decision: 'started' },
      {
        decision: 'limited',
        limit: 'rate',
        retryAfterMs: 10_000,
        reason: 'the source started 3 runs in the last 1 min',
      },
    ]);
  });

  test('what is limited counts for nothing after it', () => {
    const finishedAt = new Map([['generic:a', NOW]]);
    const all = routed(pool('a'), pool('b'), pool('c'), pool('d'));
    expect(decisions(all, { finishedAt })).toEqual(['limited', 'started', 'started', 'limited']);
  });
});

test('a store is asked for each fingerprint and each place once', () => {
  const all = routed(pool('a'), pool('a'), pool('b'), { key: 'c' });
  expect(questionOf(all, limits)).toEqual({
    fingerprints: ['generic:a', 'generic:b', 'generic:c'],
    places: [{ runbook: 'pool', environment: 'prod' }],
    startsWithinMs: MINUTE,
  });
});

test('whatever arrives, no limit is exceeded and no fingerprint starts twice', () => {
  const alerts = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      name: fc.constantFrom('pool', 'disk', 'none'),
      status: fc.constantFrom('firing' as const, 'resolved' as const),
    }),
    { maxLength: 30 },
  );
  const states = fc.record({
    open: fc.dictionary(fc.constantFrom('generic:a', 'generic:b'), fc.constant('run')),
    finished: fc.dictionary(fc.constantFrom('generic:c', 'generic:d'), fc.nat(NOW)),
    count: fc.nat(4),
    startedAt: fc.array(fc.integer({ min: NOW - 2 * MINUTE, max: NOW }), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(alerts, states, (list, { open, finished, count, startedAt }) => {
      const all = routed(
        ...list.map(({ key, name, status }) => ({ key, status, labels: { alertname: name } })),
      );
      const state = {
        open: new Map(Object.entries(open)),
        finishedAt: new Map(Object.entries(finished)),
        openRuns: [{ runbook: 'pool', environment: 'prod', count }],
        startedAt,
      };
      const started = decided(all, state).filter(({ decision }) => decision === 'started');
      const fingerprints = started.map(({ routed: { fingerprint } }) => fingerprint);
      expect(new Set(fingerprints).size).toBe(fingerprints.length);
      expect(fingerprints.filter((one) => state.open.has(one))).toEqual([]);
      const ofPool = started.filter(({ routed: { route } }) => route?.runbook === 'pool').length;
      expect(ofPool).toBeLessThanOrEqual(Math.max(0, 2 - count));
      const lately = startedAt.filter((at) => at > NOW - MINUTE).length;
      expect(started.length).toBeLessThanOrEqual(Math.max(0, 3 - lately));
      expect(started.every(({ routed: { alert } }) => alert.status === 'firing')).toBe(true);
    }),
    draws(300),
  );
});
