import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { RunsState } from '#alerts/decide.ts';
import { answerWebhook, readWebhook, type WebhookSetup } from '#web/receive-webhook.ts';
import { bodyOf, recorded, routesConfig, runbookWith } from '../fixtures/alert-files.ts';

const NOW = Date.parse('2026-11-22T21:15:00Z');
const SECRET = 'a secret of at least thirty-two characters';

const setup: WebhookSetup = {
  config: routesConfig(
    '{ match: { alertname: PoolExhausted, env: prod }, run: pool-exhausted, environment: prod, inputs: { idle_for: "${{ labels.idle_for }}" } }',
  ),
  secrets: new Map([
    ['alertmanager', [SECRET]],
    ['generic', [SECRET]],
  ]),
  runbook: (name) =>
    name === 'pool-exhausted' ? runbookWith({ name: 'idle_for', type: 'duration' }) : undefined,
};
const EMPTY: RunsState = { open: new Map(), finishedAt: new Map(), openRuns: [], startedAt: [] };
const limits = { maxOpen: () => 5 };

const request = (body: Uint8Array, headers: Readonly<Record<string, string>>) => ({
  header: (name: string) => headers[name.toLowerCase()],
  body,
  address: undefined,
});
const bearer = { authorization: `Bearer ${SECRET}` };

/** Reads a request of Alertmanager; fails if it is refused. */
function read(body: Uint8Array) {
  const found = readWebhook('alertmanager', request(body, bearer), setup, NOW);
  if (!found.ok) throw new Error(found.reason);
  return found;
}

test('a verified request is read, routed and decided', () => {
  const found = read(recorded('alertmanager'));
  expect(found.question).toEqual({
    fingerprints: [
      'alertmanager:5b1f8a2c9de04731',
      'alertmanager:0d31c7a65b29f4e8',
      'alertmanager:9c20b7e1f3a4d586',
    ],
    places: [{ runbook: 'pool-exhausted', environment: 'prod' }],
    startsWithinMs: 60_000,
  });
  const { decided, status } = answerWebhook(found, EMPTY, limits, NOW);
  expect([status, decided.map(({ decision }) => decision)]).toEqual([
    202,
    ['started', 'no-route', 'resolved'],
  ]);
  expect(decided[0]?.routed.inputs).toEqual({ idle_for: '15m' });
});

test('what is not verified is not parsed, and not told why', () => {
  const broken = Buffer.from('{');
  expect(readWebhook('alertmanager', request(broken, {}), setup, NOW)).toEqual({
    ok: false,
    status: 401,
    code: 'not-verified',
    message: 'not verified',
    reason: 'the header Authorization has no bearer token and no password',
  });
  const unknown = readWebhook('nobody', request(broken, bearer), setup, NOW);
  expect(unknown).toMatchObject({
    status: 401,
    message: 'not verified',
    reason: 'there is no source "nobody"',
  });
  const noSecret = readWebhook('jsm', request(broken, bearer), setup, NOW);
  expect(noSecret).toMatchObject({ status: 401, reason: 'there is no usable secret' });
});

test('what is verified and not a payload is refused with the reason', () => {
  const problem = (body: Uint8Array) =>
    readWebhook('alertmanager', request(body, bearer), setup, NOW);
  expect(problem(Buffer.from('{'))).toMatchObject({ status: 400, code: 'not-json' });
  expect(problem(Buffer.from([0xff]))).toMatchObject({ status: 400, code: 'not-utf8' });
  expect(problem(Buffer.from('['.repeat(99)))).toMatchObject({ status: 400, code: 'too-deep' });
  expect(problem(bodyOf({ a: 1 }))).toMatchObject({ status: 400, code: 'wrong-shape' });
  expect(problem(Buffer.alloc(1_048_577))).toMatchObject({
    ...{ ok: false, status: 413, code: 'too-large', message: 'the body is too large' },
  });
});

test('a source that started too many runs is told when to try again', () => {
  const alert = (fingerprint: string) => ({
    labels: { alertname: 'PoolExhausted', env: 'prod' },
    fingerprint,
  });
  const found = read(bodyOf({ alerts: [alert('a'), alert('b')] }));
  const startedAt = [NOW - 50_000, NOW - 40_000, NOW - 30_000];
  expect(answerWebhook(found, { ...EMPTY, startedAt }, limits, NOW)).toMatchObject({
    status: 429,
    retryAfterS: 10,
  });
  // Sending a cooled-down alert again helps nobody, and some senders give up on errors.
  const finishedAt = new Map(['a', 'b'].map((key) => [`alertmanager:${key}`, NOW]));
  expect(answerWebhook(found, { ...EMPTY, finishedAt }, limits, NOW)).toMatchObject({
    status: 202,
    retryAfterS: undefined,
  });
});

test('a storm starts no more runs than the rate and the open runs allow, and joins the rest', () => {
  const open = new Map<string, string>();
  const startedAt: number[] = [];
  const labels = { alertname: 'PoolExhausted', env: 'prod' };
  const place = { runbook: 'pool-exhausted', environment: 'prod' };
  const decisions: string[] = [];
  for (let minute = 0; minute < 5; minute += 1) {
    const alerts = Array.from({ length: 500 }, (_, index) => ({ labels, fingerprint: `${index}` }));
    const now = NOW + minute * 61_000;
    const found = read(bodyOf({ alerts }));
    const openRuns = [{ ...place, count: open.size }];
    const state: RunsState = { open: new Map(open), finishedAt: new Map(), openRuns, startedAt };
    for (const { decision, routed } of answerWebhook(found, state, limits, now).decided) {
      decisions.push(decision);
      if (decision !== 'started') continue;
      open.set(routed.fingerprint, `run-${open.size}`);
      startedAt.push(now);
    }
  }
  // Three in the first minute, two in the second, then five are open.
  expect(decisions.filter((decision) => decision === 'started')).toHaveLength(5);
  expect(decisions.filter((decision) => decision === 'joined')).toHaveLength(3 + 5 * 3);
  expect(decisions.filter((decision) => decision === 'limited')).toHaveLength(2_500 - 5 - 18);
});

test('with one alert that is not limited by the rate, the request is accepted', () => {
  const labels = { alertname: 'PoolExhausted', env: 'prod' };
  const alerts = [
    { labels, fingerprint: 'a' },
    { labels, fingerprint: 'b', status: 'resolved' },
  ];
  const startedAt = [NOW - 50_000, NOW - 40_000, NOW - 30_000];
  expect(answerWebhook(read(bodyOf({ alerts })), { ...EMPTY, startedAt }, limits, NOW).status).toBe(
    202,
  );
});

test('a fingerprint that is too long ends with its SHA-256', () => {
  const [routed] = read(bodyOf({ alerts: [{ labels: {}, fingerprint: 'x'.repeat(300) }] })).routed;
  const sum = createHash('sha256')
    .update(`alertmanager:${'x'.repeat(300)}`)
    .digest('hex');
  expect(routed?.fingerprint).toMatch(new RegExp(`^alertmanager:x+…${sum}$`));
});

test('an empty group is accepted', () => {
  expect(answerWebhook(read(bodyOf({ alerts: [] })), EMPTY, limits, NOW)).toMatchObject({
    status: 202,
    decided: [],
  });
});

test('over a real connection the bytes that were signed are the bytes that are verified', async () => {
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming);
    const header = (name: string) => {
      const value = incoming.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(',') : value;
    };
    const address = incoming.socket.remoteAddress;
    const found = readWebhook('generic', { header, body, address }, setup, NOW);
    response.statusCode = found.ok ? answerWebhook(found, EMPTY, limits, NOW).status : found.status;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const time = String(NOW / 1_000);
  const body = recorded('generic');
  const signature = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest('hex');
  const post = async (sent: Buffer) => {
    const headers = { 'X-Runbook-Timestamp': time, 'X-Runbook-Signature': `v1=${signature}` };
    const url = `http://127.0.0.1:${port}/hooks/generic`;
    return (await fetch(url, { method: 'POST', headers, body: new Uint8Array(sent) })).status;
  };
  expect(await post(body)).toBe(202);
  expect(await post(Buffer.from(JSON.stringify(JSON.parse(body.toString()))))).toBe(401);
});
