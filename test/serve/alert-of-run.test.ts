import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Role } from '#events/log/news.ts';
import { freePort } from '#lab/network/free-port.ts';
import { findProgram } from '#lab/setup/find-program.ts';
import { bodyOf, routesConfig } from '../fixtures/alert-files.ts';
import { parsed } from '../fixtures/compiled.ts';
import { STUCK_ORDERS } from '../fixtures/team-books.ts';
import { textOf } from '../support/served-web.ts';
import { pagesOver } from '../support/team-pages.ts';
import { teamStage } from '../support/team-stage.ts';
import { listen } from '../support/web-browser.ts';

const SECRET = 'a secret of at least thirty-two characters';
const alertmanager = await findProgram('prometheus-alertmanager');
const stage = teamStage();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  writeFileSync(join(folder, 'stuck-orders.yaml'), STUCK_ORDERS);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The pages, and webhooks of the generic form that start runs of the stuck orders. */
function served(holdMs?: number, alertname = 'OrdersStuck') {
  const config = routesConfig(
    `{ match: { alertname: ${alertname} }, run: stuck-orders, environment: prod, fingerprint: [alertname, instance], title: "\${{ labels.instance }}: orders" }`,
  );
  const pages = pagesOver(stage(), folder, {
    policy: undefined,
    environments: new Map([['prod', { label: 'eu', maxOpen: 5, holdMs }]]),
    alerts: {
      config,
      runbooks: new Map([['stuck-orders', parsed(STUCK_ORDERS)]]),
      secrets: new Map([
        ['generic', [SECRET]],
        ['alertmanager', [SECRET]],
      ]),
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

async function cookieOf({ app, tokenOf }: ReturnType<typeof served>, role: Role = 'approver') {
  const reply = await app.request('/auth/login', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams({ token: await tokenOf(`a-${role}`, role, 'sign-in') }).toString(),
  });
  return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function signIn(pages: ReturnType<typeof served>) {
  const cookie = await cookieOf(pages);
  return async (path: string) => {
    const page = await pages.app.request(path, { headers: { cookie } });
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
  expect(textOf(await open(`/r/${run}`))).toContain('The 2 alerts were resolved, the last of them');
  expect((await stage().view(run))?.awaited?.for).toBe('gate');

  await pages.send('firing', { labels: { alertname: 'Other' }, fingerprint: 'other' });
  const all = textOf(await open('/alerts'));
  for (const said of ['Started a run', 'Joined the open run', 'Resolved', 'No route matches'])
    expect(all).toContain(said);
  expect(pages.errors).toEqual([]);
});

test('an alert that started nothing is tried again once there is a route, by somebody who may start runs', async () => {
  const alert = { fingerprint: 'late', labels: { alertname: 'Late', instance: 'db-11' } };
  expect((await served().send('firing', alert)).decision).toBe('no-route');
  const pages = served(undefined, 'Late');
  const again = async (role?: Role) => {
    const headers = { cookie: await cookieOf(pages, role), 'sec-fetch-site': 'same-origin' };
    const reply = await pages.app.request(path, { method: 'POST', headers });
    return [reply.status, reply.headers.get('location') ?? textOf(await reply.text())];
  };
  const list = await (await signIn(pages))('/alerts');
  const path = /action="(\/alerts\/\d+\/again)"/.exec(list)?.[1] ?? '';
  expect(await again('viewer')).toEqual([403, expect.stringContaining('needs the role operator')]);
  const [status, location] = await again();
  expect([status, location]).toEqual([303, expect.stringMatching(/^\/r\/2\d+-\d+-stuck-orders-/)]);
  const run = String(location).slice('/r/'.length);
  expect(await stage().store.run(run)).toMatchObject({ title: 'db-11: orders', source: 'alert' });
  expect(await again()).toEqual([303, location]);
  await pages.send('resolved', alert);
  expect(await again()).toEqual([409, expect.stringContaining('It was resolved since.')]);
  const { rows } = await stage().pool.query(
    "SELECT line::jsonb->'entry' AS entry FROM runbook.audit WHERE line LIKE '%alert-tried-again%' ORDER BY seq",
  );
  expect(rows[0]?.entry).toMatchObject({
    person: 'a-approver',
    run,
    more: { decision: 'started' },
  });
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

/** Starts an Alertmanager that tells pages what fires; resolves with a function that sends it alerts. */
async function startAlertmanager(program: string, url: string) {
  const home = mkdtempSync(join(folder, 'alertmanager-'));
  const config = join(home, 'config.yaml');
  writeFileSync(
    config,
    `route: { receiver: runbook, group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: runbook
    webhook_configs:
      - { url: "${url}/hooks/alertmanager", http_config: { authorization: { credentials: "${SECRET}" } } }
`,
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      ...[`--config.file=${config}`, `--storage.path=${home}`, '--cluster.listen-address='],
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  await vi.waitFor(
    async () => expect((await fetch(`http://${address}/-/ready`)).status).toBe(200),
    20_000,
  );
  return async (alert: Readonly<Record<string, unknown>>) => {
    const reply = await fetch(`http://${address}/api/v2/alerts`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify([alert]),
    });
    expect(reply.status).toBe(200);
  };
}

test.skipIf(alertmanager === undefined)(
  'a real Alertmanager starts a run and resolves its alert (sh bin/test-servers.sh)',
  async () => {
    const pages = served();
    const server = await listen(pages);
    onTestFinished(() => server.close());
    const tell = await startAlertmanager(alertmanager ?? '', server.url);
    await stage().startWorker();
    const alert = {
      labels: { alertname: 'OrdersStuck', instance: 'real' },
      annotations: { summary: 'Orders are stuck, says Alertmanager' },
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      generatorURL: 'http://prometheus.example/graph?g0.expr=orders',
    };
    await tell(alert);
    const run = await vi.waitFor(async () => {
      const [found] = await stage().store.runs({ state: 'open', text: 'says Alertmanager' });
      if (found === undefined) throw new Error('no run was started');
      return found.id;
    }, 20_000);
    await stage().asks(run, 'gate');
    expect((await stage().view(run))?.alerts).toMatchObject([
      {
        ...{ source: 'alertmanager', status: 'firing', startsAt: alert.startsAt },
        links: [{ name: 'Rule', url: alert.generatorURL }, { name: 'Alerts' }],
      },
    ]);
    await tell({ ...alert, endsAt: new Date().toISOString() });
    await vi.waitFor(
      async () => expect((await stage().view(run))?.alerts).toMatchObject([{ status: 'resolved' }]),
      20_000,
    );
    expect(pages.errors).toEqual([]);
  },
);
