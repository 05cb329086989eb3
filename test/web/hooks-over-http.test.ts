import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { LIMITS } from '#alerts/alert.ts';
import { webApp } from '#web/app.ts';
import { recorded, routesConfig, runbookWith } from '../fixtures/alert-files.ts';
import { MemoryAccess } from '../support/memory-access.ts';
import { MemoryAlerts } from '../support/memory-alerts.ts';
import { MemoryServed } from '../support/memory-served.ts';
import { MEMORY_TEAM, MemoryAudit } from '../support/memory-team.ts';

const NOW = Date.parse('2026-11-22T21:15:00Z');
const SECRET = 'a secret of at least thirty-two characters';

/** A server with webhooks of PagerDuty and of the generic form, without a socket. */
function served({ isAway = false } = {}) {
  const store = new MemoryAlerts();
  const errors: unknown[] = [];
  const reasons: string[] = [];
  const route = (name: string) =>
    `{ match: { ${name}: "~.+" }, run: pool-exhausted, environment: prod }`;
  const hooks = {
    store,
    config: routesConfig(route('service'), route('alertname')),
    secrets: new Map([
      ['pagerduty', [SECRET]],
      ['generic', [SECRET]],
    ]),
    runbook: () => runbookWith(),
    maxOpen: () => 5,
    log: (reason: string) => void reasons.push(reason),
    address: () => '203.0.113.7',
  };
  const parts = {
    ...{ runs: new MemoryServed(), access: new MemoryAccess(), now: () => NOW },
    ...{ team: MEMORY_TEAM, audit: new MemoryAudit() },
  };
  const reportError = (error: unknown) => void errors.push(error);
  const app = webApp({ ...parts, reportError, hooks, isAway: async () => isAway });
  const post = (path: string, body: Uint8Array, headers: Readonly<Record<string, string>>) =>
    app.request(path, { method: 'POST', body: new Uint8Array(body), headers });
  return { app, store, errors, reasons, post };
}

const sign = (...parts: readonly (string | Uint8Array)[]) => {
  const sum = createHmac('sha256', SECRET);
  for (const part of parts) sum.update(part);
  return `v1=${sum.digest('hex')}`;
};

test('a signed webhook needs neither a sign-in nor the header of a browser', async () => {
  const { store, post } = served();
  const body = recorded('pagerduty');
  const reply = await post('/hooks/pagerduty', body, { 'X-PagerDuty-Signature': sign(body) });
  expect(reply.status).toBe(202);
  expect(await reply.json()).toEqual({
    alerts: [{ fingerprint: 'pagerduty:PoolExhausted/db-1', decision: 'started', run: 'run-1' }],
    ignored: 0,
    left_out: 0,
  });
  expect(store.started).toHaveLength(1);
});

test('an unsigned one is refused without a reason, whatever else it carries', async () => {
  const { reasons, post } = served();
  const body = recorded('pagerduty');
  for (const [path, headers] of [
    ['/hooks/pagerduty', {}],
    ['/hooks/pagerduty', { authorization: `Bearer ${SECRET}` }],
    ['/hooks/nobody', { 'sec-fetch-site': 'same-origin' }],
  ] as const) {
    const reply = await post(path, body, headers);
    expect(reply.status).toBe(401);
    expect(await reply.json()).toEqual({
      error: { code: 'not-verified', message: 'not verified' },
    });
  }
  expect(reasons).toHaveLength(3);
  for (const reason of reasons)
    expect(reason).toMatch(/^a webhook to "\w+" from 203\.0\.113\.7 was/);
});

test('a source that started too many runs is told when to come again', async () => {
  const { store, post } = served();
  store.startedAt.push(NOW - 59_000, NOW - 59_000, NOW - 59_000);
  const time = String(NOW / 1_000);
  const body = recorded('generic');
  const headers = {
    'X-Runbook-Timestamp': time,
    'X-Runbook-Signature': sign(`${time}.`, body),
  };
  const reply = await post('/hooks/generic', body, headers);
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '1']);
});

test('a body that is too large is refused before it is read', async () => {
  const { post } = served();
  const body = Buffer.alloc(LIMITS.bytes + 1);
  const reply = await post('/hooks/generic', body, { 'content-length': String(body.length) });
  expect(reply.status).toBe(413);
  expect(await reply.json()).toMatchObject({ error: { code: 'too-large' } });
});

test('an error of the store is reported here and not to the sender', async () => {
  const { errors, store, post } = served();
  store.before = () => {
    throw new Error('password of the database: hunter2');
  };
  const body = recorded('pagerduty');
  const reply = await post('/hooks/pagerduty', body, { 'X-PagerDuty-Signature': sign(body) });
  expect(reply.status).toBe(500);
  expect(await reply.text()).not.toContain('hunter2');
  expect(errors).toHaveLength(1);
});

test('a sender is told to come again while the store is away', async () => {
  const { errors, store, post } = served({ isAway: true });
  store.before = () => {
    throw new Error('connect ECONNREFUSED');
  };
  const body = recorded('pagerduty');
  const reply = await post('/hooks/pagerduty', body, { 'X-PagerDuty-Signature': sign(body) });
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
  expect(errors).toEqual([]);
});
