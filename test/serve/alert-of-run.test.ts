import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bodyOf, routesConfig } from '../fixtures/alert-files.ts';
import { parsed } from '../fixtures/compiled.ts';
import { STUCK_ORDERS } from '../fixtures/team-books.ts';
import { textOf } from '../support/served-web.ts';
import { pagesOver } from '../support/team-pages.ts';
import { teamStage } from '../support/team-stage.ts';

const SECRET = 'a secret of at least thirty-two characters';
const stage = teamStage();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  writeFileSync(join(folder, 'stuck-orders.yaml'), STUCK_ORDERS);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The pages, and webhooks of the generic form that start runs of the stuck orders. */
function served(holdMs?: number) {
  const config = routesConfig(
    '{ match: { alertname: OrdersStuck }, run: stuck-orders, environment: prod, fingerprint: [alertname, instance], title: "${{ labels.instance }}: orders" }',
  );
  const pages = pagesOver(stage(), folder, {
    policy: undefined,
    environments: new Map([['prod', { label: 'eu', maxOpen: 5, holdMs }]]),
    alerts: {
      config,
      runbooks: new Map([['stuck-orders', parsed(STUCK_ORDERS)]]),
      secrets: new Map([['generic', [SECRET]]]),
    },
  });
  const send = async (
    status: 'firing' | 'resolved',
    more: Readonly<Record<string, unknown>> = {},
  ) => {
    const body = bodyOf({
      ...{ status, fingerprint: 'orders/db-7', title: 'Orders are stuck on db-7' },
      labels: { alertname: 'OrdersStuck', instance: 'db-7:9187' },
      annotations: { dsn: 'postgres://shop:hunter2hunter2@db-7/shop' },
      ...{ starts_at: '2026-11-22T21:14:07Z', url: 'https://monitor.example/17', ...more },
    });
    const time = String(Math.floor(Date.now() / 1_000));
    const sum = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest('hex');
    const headers = { 'X-Runbook-Timestamp': time, 'X-Runbook-Signature': `v1=${sum}` };
    const init = { method: 'POST', body: new Uint8Array(body), headers };
    const socket = { remoteAddress: '127.0.0.1', remotePort: 1, remoteFamily: 'IPv4' };
    const reply = await pages.app.request('/hooks/generic', init, { incoming: { socket } });
    expect([reply.status, pages.errors]).toEqual([202, []]);
    const { alerts } = (await reply.json()) as { alerts: { decision: string; run: string }[] };
    return alerts[0] ?? { decision: 'none', run: '' };
  };
  return { ...pages, send };
}

async function signIn({ app, tokenOf }: ReturnType<typeof served>) {
  const reply = await app.request('/auth/login', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams({ token: await tokenOf('kim', 'approver', 'sign-in') }).toString(),
  });
  const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';');
  return async (path: string) => {
    const page = await app.request(path, { headers: { cookie } });
    expect(page.status).toBe(200);
    return await page.text();
  };
}

const alerted = async (run: string) =>
  (await stage().records(run)).flatMap(({ event }) =>
    event.type === 'run.alerted' ? [`${event.key} ${event.status}`] : [],
  );

test('a run shows the alert that started it, and is told when it is resolved at its gate', async () => {
  const pages = served();
  await stage().startWorker();
  const { run, decision } = await pages.send('firing');
  expect(decision).toBe('started');
  await stage().asks(run, 'gate');
  for (let again = 0; again < 3; again += 1)
    expect(await pages.send('firing')).toEqual(
      expect.objectContaining({ decision: 'joined', run }),
    );
  await pages.send('firing', { fingerprint: 'orders/db-8', title: 'Orders are stuck on db-8' });
  await vi.waitFor(async () =>
    expect(await alerted(run)).toEqual(['orders/db-7 firing', 'orders/db-8 firing']),
  );
  const open = await signIn(pages);
  const page = textOf(await open(`/r/${run}`));
  expect(page).toContain('Orders are stuck on db-7 db-7:9187 Firing since 2026-11-22 21:14:07 UTC');
  expect(page).toMatch(/seen 4 times, last\s+\d+ s ago/);
  expect(page).toContain('‹secret:password in a connection string›');
  expect(page).not.toContain('hunter2');
  expect(page).not.toContain('Is this change still needed?');
  const list = textOf(await open('/'));
  expect(list).toContain('db-7:9187: orders');
  expect(list).toContain('Orders are stuck on db-7');

  await pages.send('resolved');
  await pages.send('resolved', { fingerprint: 'orders/db-8', title: 'Orders are stuck on db-8' });
  await vi.waitFor(async () => expect(await alerted(run)).toHaveLength(4));
  expect(textOf(await open(`/r/${run}`))).toContain('All 2 alerts were resolved, the last of them');
  expect((await stage().view(run))?.awaited?.for).toBe('gate');

  await pages.send('firing', { labels: { alertname: 'Other' }, fingerprint: 'other' });
  const all = textOf(await open('/alerts'));
  for (const said of ['Started a run', 'Joined the open run', 'Is resolved', 'No route matches'])
    expect(all).toContain(said);
  expect(pages.errors).toEqual([]);
});

test('a parked run records that its alert is resolved, and is parked again', async () => {
  const pages = served(200);
  await stage().startWorker();
  const parked = {
    fingerprint: 'parked',
    labels: { alertname: 'OrdersStuck', instance: 'db-9' },
  };
  const { run } = await pages.send('firing', parked);
  const isParked = async () => {
    const { status, holder } = (await stage().store.run(run)) ?? {};
    expect([status, holder]).toEqual(['waiting', undefined]);
  };
  await stage().asks(run, 'gate');
  await vi.waitFor(isParked);
  await pages.send('resolved', parked);
  await vi.waitFor(async () =>
    expect(await alerted(run)).toEqual(['parked firing', 'parked resolved']),
  );
  await stage().asks(run, 'gate');
  await vi.waitFor(isParked);
  expect(pages.errors).toEqual([]);
});
