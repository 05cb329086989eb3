import { expect, test } from 'vitest';
import { answerHook } from '#web/hooks.ts';
import { bodyOf, recorded, routesConfig, runbookWith } from '../fixtures/alert-files.ts';
import { MemoryAlerts } from '../support/memory-alerts.ts';

const NOW = Date.parse('2026-11-22T21:15:00Z');
const SECRET = 'a secret of at least thirty-two characters';

function hooksWith(store = new MemoryAlerts(), maxOpen = 5) {
  const logged: string[] = [];
  const hooks = {
    store,
    maxOpen: () => maxOpen,
    log: (reason: string) => void logged.push(reason),
    config: routesConfig(
      '{ match: { alertname: PoolExhausted, env: prod }, run: pool-exhausted, environment: prod, inputs: { idle_for: "${{ labels.idle_for }}" } }',
    ),
    secrets: new Map([['alertmanager', [SECRET]]]),
    runbook: () => runbookWith({ name: 'idle_for', type: 'duration' }),
  };
  const post = (body: Uint8Array, secret = SECRET) => {
    const header = (name: string) =>
      name.toLowerCase() === 'authorization' ? `Bearer ${secret}` : undefined;
    return answerHook('alertmanager', { header, body, address: undefined }, hooks, NOW);
  };
  return { store, logged, post };
}

const pool = (fingerprint: string) => ({
  labels: { alertname: 'PoolExhausted', env: 'prod' },
  fingerprint,
});

test('alerts start runs with their inputs, and each is kept with what became of it', async () => {
  const { store, post } = hooksWith();
  expect(await post(recorded('alertmanager'))).toEqual({
    status: 202,
    headers: {},
    body: {
      alerts: [
        { fingerprint: 'alertmanager:5b1f8a2c9de04731', decision: 'started', run: 'run-1' },
        { fingerprint: 'alertmanager:0d31c7a65b29f4e8', decision: 'no-route', run: null },
        { fingerprint: 'alertmanager:9c20b7e1f3a4d586', decision: 'resolved', run: null },
      ],
      ignored: 0,
      left_out: 0,
    },
  });
  expect(store.started).toEqual([
    {
      runbook: 'pool-exhausted',
      environment: 'prod',
      inputs: { idle_for: '15m' },
      severity: 'critical',
      fingerprint: 'alertmanager:5b1f8a2c9de04731',
      title: undefined,
      alert: expect.objectContaining({
        source: 'alertmanager',
        status: 'firing',
        title: store.started[0]?.alert.title,
      }),
      maxOpen: 5,
    },
  ]);
  expect(store.kept.map(({ decision, alert }) => [decision, alert.status])).toEqual([
    ['started', 'firing'],
    ['no-route', 'firing'],
    ['resolved', 'resolved'],
  ]);
});

test('the same alert again joins its run', async () => {
  const { store, post } = hooksWith();
  await post(recorded('alertmanager'));
  const { body } = await post(recorded('alertmanager'));
  expect(body).toMatchObject({ alerts: [{ decision: 'joined', run: 'run-1' }, {}, {}] });
  expect(store.started).toHaveLength(1);
});

test('in one payload the run of the first alert is in the answer of those that join it', async () => {
  const { post } = hooksWith();
  const { body } = await post(bodyOf({ alerts: [pool('a'), pool('a')] }));
  expect(body).toMatchObject({
    alerts: [
      { decision: 'started', run: 'run-1' },
      { decision: 'joined', run: 'run-1' },
    ],
  });
});

test('if another server starts the run first, the alert joins that one', async () => {
  const { store, post } = hooksWith();
  store.before = () => store.open.set('alertmanager:a', 'theirs');
  const { body } = await post(bodyOf({ alerts: [pool('a'), pool('a')] }));
  expect(body).toMatchObject({
    alerts: [
      { decision: 'joined', run: 'theirs' },
      { decision: 'joined', run: 'theirs' },
    ],
  });
  expect(store.started).toEqual([]);
});

test('if another server fills the last place first, the alert and those with it are limited', async () => {
  const { store, post } = hooksWith(new MemoryAlerts(), 1);
  store.before = () => store.open.set('alertmanager:other', 'theirs');
  const { body, status } = await post(bodyOf({ alerts: [pool('a'), pool('a')] }));
  expect(body).toMatchObject({
    alerts: [
      { decision: 'limited', run: null },
      { decision: 'limited', run: null },
    ],
  });
  expect(status).toBe(202);
});

test('a refused request reaches no store, and only the log has the reason', async () => {
  const { store, logged, post } = hooksWith();
  expect(await post(recorded('alertmanager'), 'x'.repeat(40))).toEqual({
    status: 401,
    // Amazon SNS sends the password of its URL once it is asked for it.
    headers: { 'WWW-Authenticate': 'Basic realm="runbook"' },
    body: { error: { code: 'not-verified', message: 'not verified' } },
  });
  expect(await post(Buffer.from('{'))).toMatchObject({ status: 400 });
  expect(logged).toEqual([
    'a webhook to "alertmanager" was refused: the secret is wrong',
    'a webhook to "alertmanager" was refused: the body is not JSON',
  ]);
  expect(store.kept).toEqual([]);
});

test('a source that started too many runs gets Retry-After, and its alerts are kept', async () => {
  const { store, post } = hooksWith();
  store.startedAt.push(NOW - 59_000, NOW - 58_000, NOW - 57_000);
  expect(await post(bodyOf({ alerts: [pool('a')] }))).toMatchObject({
    status: 429,
    headers: { 'Retry-After': '1' },
    body: { alerts: [{ decision: 'limited', run: null }] },
  });
  expect(store.kept).toHaveLength(1);
});

test('if the store fails the sender is told, and nothing is said to be started', async () => {
  const { store, post } = hooksWith();
  store.before = () => {
    throw new Error('the database is gone');
  };
  await expect(post(bodyOf({ alerts: [pool('a')] }))).rejects.toThrow('the database is gone');
  expect(store.kept).toEqual([]);
});
