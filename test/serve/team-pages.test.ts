import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AccessPolicy } from '#serve/access.ts';
import { recordAlerts } from '#serve/alerts.ts';
import type { ServerConfig } from '#serve/config.ts';
import { runAlert } from '../fixtures/alert-files.ts';
import { STUCK_ORDERS } from '../fixtures/team-books.ts';
import { browserHere } from '../support/browser.ts';
import { CACHES, LAUNCHER } from '../support/built-command.ts';
import { pagesOver } from '../support/team-pages.ts';
import { teamStage } from '../support/team-stage.ts';
import { listen, signedIn, startBrowser } from '../support/web-browser.ts';

const stage = teamStage();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  writeFileSync(join(folder, 'stuck-orders.yaml'), STUCK_ORDERS);
});
afterAll(() => rmSync(folder, { recursive: true }));

const served = (policy?: AccessPolicy, environments?: ServerConfig['environments']) =>
  pagesOver(stage(), folder, { policy, environments });

describe.skipIf(browserHere() === undefined)(
  'in a browser (Chromium: sh bin/test-servers.sh)',
  () => {
    test('a person confirms on the page what a worker executes elsewhere, and a viewer watches', async () => {
      const { app, errors, tokenOf } = served();
      const server = await listen({ app });
      const browser = await startBrowser();
      const run = await stage().create();
      const approver = await signedIn(browser, server, await tokenOf('kim', 'approver', 'sign-in'));
      const viewer = await signedIn(browser, server, await tokenOf('vi', 'viewer', 'sign-in'));
      const page = await approver.newPage();
      await page.goto(`/r/${run}`);
      await page.getByText('No worker has started it yet.').waitFor();
      const alone = page.getByText('no worker has the label');
      await alone.waitFor();
      await stage().startWorker();
      await page.getByText('7 orders wait.').first().waitFor();
      await page.getByText('1 row to insert').waitFor();
      await alone.waitFor({ state: 'detached' });
      const watched = await viewer.newPage();
      await watched.goto(`/r/${run}`);
      await watched
        .getByText(
          'Confirming changes in prod needs the role operator or approver. You are a viewer.',
        )
        .waitFor();
      expect(await watched.locator('#confirm').count()).toBe(0);
      expect(await stage().changes(run)).toBe(0);

      await vi.waitFor(async () =>
        expect(await page.locator('#confirm').getAttribute('aria-disabled')).toBe('false'),
      );
      await page.locator('#confirm').click();
      await page.locator('#outcome').getByText('Orders flow again.').waitFor();
      await watched.locator('#outcome').getByText('Orders flow again.').waitFor();
      expect(await stage().changes(run)).toBe(1);
      const answer = (await stage().records(run)).find(
        ({ event }) => event.type === 'gate.answered',
      );
      expect(answer?.event).toMatchObject({ answer: 'confirmed', operator: 'kim' });
      expect(errors).toEqual([]);
      await browser.close();
      server.close();
    });
  },
);

test('addresses and texts that PostgreSQL cannot hold are refused, or lose what it cannot', async () => {
  const { app, errors, tokenOf } = served();
  const headers = { authorization: `Bearer ${await tokenOf('odd', 'approver', 'act')}` };
  const statusOf = async (path: string) => (await app.request(path, { headers })).status;
  for (const path of ['/api/runs/%00', '/api/runs/a%00b/stream', '/api/runs?runbook=%00'])
    expect([path, await statusOf(path)]).toEqual([path, 400]);
  for (const id of [
    '%ff',
    '%C0%80',
    '%ED%A0%80',
    '%2500',
    '..%2f..',
    "'",
    '%E2%80%AE',
    'x'.repeat(3_000),
  ])
    expect([id, await statusOf(`/api/runs/${id}`)]).toEqual([id, 404]);
  const run = await stage().create();
  await stage().startWorker();
  await stage().asks(run, 'gate');
  const post = (path: string, body: string) => app.request(path, { method: 'POST', headers, body });
  const note = '{"intent": {"type": "note", "text": "a\\u0000b\\ud800"}, "key": "k\\u0000"}';
  expect((await post(`/api/runs/${run}/intents`, note)).status).toBe(202);
  await vi.waitFor(async () =>
    expect((await stage().records(run)).map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'operator.noted', text: 'a\ufffdb\ufffd' }),
    ),
  );
  const deep = `{"intent": ${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
  expect((await post(`/api/runs/${run}/intents`, deep)).status).toBe(422);
  expect(errors).toEqual([]);
});

test('the API starts a run, streams it to its end, and gives its journal and archive', async () => {
  const { app, errors, tokenOf } = served();
  const headers = { authorization: `Bearer ${await tokenOf('robin', 'approver', 'act')}` };
  const starter = { authorization: `Bearer ${await tokenOf('ada', 'operator', 'start')}` };
  const post = (path: string, body: object, by = headers) =>
    app.request(path, { method: 'POST', headers: by, body: JSON.stringify(body) });
  await stage().startWorker({ labels: ['default'] });
  const wanted = { runbook: 'stuck-orders', environment: 'prod', key: 'once' };
  const started = await post('/api/runs', wanted, starter);
  const { run } = (await started.json()) as { readonly run: string };
  expect(started.status).toBe(201);
  expect(await (await post('/api/runs', wanted, starter)).json()).toEqual({ run });
  for (const wrong of [
    { ...wanted, runbook: '../../etc/passwd' },
    { ...wanted, runbook: join(folder, 'stuck-orders.yaml') },
    { ...wanted, inputs: { database_url: 'postgres://x' } },
    { ...wanted, inputs: { unknown: 'x' } },
  ])
    expect((await post('/api/runs', wrong)).status).toBe(409);

  const stream = await app.request(`/api/runs/${run}/stream`, { headers });
  const text = new Response(stream.body).text();
  const { gate, awaited } = await stage().asks(run, 'gate');
  const intent = { type: 'confirm', digest: gate?.digest };
  const stale = await post(`/api/runs/${run}/intents`, { intent, at_seq: 1 });
  expect(stale.status).toBe(409);
  const sent = await post(`/api/runs/${run}/intents`, { intent, at_seq: awaited?.seq });
  expect(sent.status).toBe(202);
  await stage().finished(run);
  const events = (await text)
    .split('\n\n')
    .filter((event) => event.startsWith('event:') || event.startsWith('id:'));
  const lines = (await stage().store.lines(run)).map(({ line }) => line);
  const streamed = events.filter((event) => event.includes('event: line'));
  expect(streamed.map((event) => `${/data: (.*)/.exec(event)?.[1]}\n`)).toEqual(lines);
  expect(events.filter((event) => event.includes('event: answer'))).toHaveLength(1);
  expect(events.at(-1)).toContain('event: end');
  const journal = await app.request(`/api/runs/${run}/journal`, { headers });
  expect(await journal.text()).toBe(lines.join(''));
  const archive = await app.request(`/api/runs/${run}/archive`, { headers });
  expect((await archive.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  const record = await app.request(`/api/runs/${run}/transcript?format=html`, { headers });
  expect(await record.text()).toContain('Orders flow again.');
  // The gate asked nobody in particular, and the change is of the person who confirmed it.
  const told = await app.request(`/api/runs/${run}/transcript?format=md`, { headers });
  expect(await told.text()).toMatch(/the gate was opened:[\s\S]*Started by: ada/);
  const shown = await app.request(`/api/runs/${run}`, { headers });
  expect(await shown.json()).toMatchObject({ view: { changes: [{ operator: 'robin' }] } });
  expect(await (await app.request('/health/ready')).text()).toBe('ok\n');
  expect(errors).toEqual([]);
});

test('the API tells of environments, runbooks, workers and alerts, and figures name no text of a user', async () => {
  const { app, errors, tokenOf } = served();
  const { pool, store } = stage();
  const headers = { authorization: `Bearer ${await tokenOf('vic', 'viewer', 'read')}` };
  const get = async (path: string) =>
    (await (await app.request(path, { headers })).json()) as Record<string, { id: string }[]>;
  const run = await stage().create({}, { label: 'figures' });
  const worker = await stage().startWorker({ labels: ['figures'] });
  await stage().asks(run, 'gate');
  const labels = { service: 'users-text' };
  const alert = { alert: runAlert({ labels }), fingerprint: 'f' };
  await recordAlerts(pool, [
    { ...alert, decision: 'no-route', run: undefined, reason: undefined },
    { ...alert, decision: 'started', run, reason: undefined },
  ]);
  expect(await get('/api/environments')).toMatchObject({
    environments: [{ name: 'prod', roles: ['viewer'], may: { operate: { may: false } } }],
  });
  const book = { name: 'stuck-orders', title: 'Orders are stuck', severity: 'high' };
  expect((await get('/api/runbooks')).runbooks).toContainEqual(book);
  expect((await get('/api/workers')).workers).toContainEqual(
    expect.objectContaining({ id: worker.id, labels: ['figures'], state: 'alive', held: 1 }),
  );
  const { alerts, before } = await get('/api/alerts');
  expect(alerts).toMatchObject([
    { decision: 'started', run, environment: 'prod' },
    { decision: 'no-route' },
  ]);
  expect(before).toBeNull();
  expect((await get(`/api/alerts?before=${alerts?.[0]?.id}`)).alerts).toHaveLength(1);
  expect((await app.request('/api/alerts?before=x', { headers })).status).toBe(422);
  const bot = { authorization: `Bearer ${await tokenOf('bot', 'viewer', 'start')}` };
  expect((await app.request('/api/workers', { headers: bot })).status).toBe(403);

  const metrics = await app.request('/metrics');
  expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await metrics.text();
  const waiting = (await store.runs({ state: 'open' })).filter((it) => it.waitingFor === 'gate');
  expect(text).toContain(`runbook_gates_waiting ${waiting.length}\n`);
  expect(text).toContain('runbook_workers{state="alive"} 1\n');
  expect(text).toContain('runbook_alerts_last_hour{decision="started"} 1\n');
  expect(text).toContain('# TYPE runbook_intents_refused_total counter\n');
  expect(text).toMatch(/^runbook_queue_age_seconds \d+(\.\d+)?$/m);
  for (const users of ['figures', 'users-text', 'stuck', 'vic', 'prod', worker.id])
    expect(text).not.toContain(users);
  expect(errors).toEqual([]);
});

test.each([
  ['the server', [], 'approver'],
  ['the worker', ['approver'], 'operator'],
] as const)(
  'a confirmation that %s alone refuses confirms nothing',
  async (who, byWorker, role) => {
    const rule = { environments: ['*'], effect: 'change' } as const;
    const byServer: AccessPolicy = {
      roles: { everywhere: {}, environments: new Map() },
      approval: [{ ...rule, roles: ['operator'] }],
    };
    const { app, tokenOf } = served(byServer);
    const label = `refused-by-${role}`;
    const run = await stage().create({}, { label });
    const approval = byWorker.length === 0 ? [] : [{ ...rule, roles: byWorker }];
    await stage().startWorker({ labels: [label], approval });
    const { gate, awaited } = await stage().asks(run, 'gate');
    const headers = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };
    const post = (path: string, fields: Readonly<Record<string, string>>, more = {}) =>
      app.request(path, {
        ...{ method: 'POST', headers: { ...headers, ...more } },
        body: new URLSearchParams(fields),
      });
    const token = await tokenOf(`${role} of ${who}`, role, 'sign-in');
    const signedIn = await post('/auth/login', { token });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const confirm = { intent: 'confirm', digest: gate?.digest ?? '', at_seq: `${awaited?.seq}` };
    const reply = await post(`/r/${run}/intents`, confirm, { cookie });
    const needs = role === 'approver' ? 'operator' : 'approver';
    expect(await reply.text()).toContain(
      `Confirming changes in prod needs the role ${needs}. You are an ${role}.`,
    );
    const page = await (await app.request(`/r/${run}`, { headers: { cookie } })).text();
    const why = `Confirming changes in prod needs the role ${needs}.`;
    expect(page.slice(page.indexOf('id="gate"')).includes(why)).toBe(who === 'the server');
    // What the worker refused is shown as the verdict on the person's answer.
    expect(page.includes(`Refused: ${why}`)).toBe(who === 'the worker');
    expect(await stage().changes(run)).toBe(0);
    expect(
      (await stage().store.intents(run)).filter(({ intent }) => intent.type === 'confirm'),
    ).toHaveLength(who === 'the server' ? 0 : 1);
  },
);

test('a server is ready while a worker that is alive has each label of an environment', async () => {
  const environment = { label: 'ready', maxOpen: 5, holdMs: undefined };
  const { app } = served(undefined, new Map([['prod', environment]]));
  const ready = async () => {
    const reply = await app.request('/health/ready');
    return [reply.status, await reply.text()];
  };
  const missing = [503, 'no worker has the label ready\n'];
  expect(await ready()).toEqual(missing);
  const { id } = await stage().startWorker({ labels: ['ready'] });
  expect(await ready()).toEqual([200, 'ok\n']);
  await stage().pool.query("UPDATE runbook.worker SET state = 'draining' WHERE id = $1", [id]);
  expect(await ready()).toEqual(missing);
});

describe('the commands', () => {
  const env = () => ({
    ...{ PATH: process.env.PATH, ...CACHES, HOME: folder },
    RUNBOOK_TEAM_DATABASE_URL: stage().control.superuserUrl,
  });
  const command = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [LAUNCHER, ...args], { env: env(), cwd: folder });
  const token = (...args: readonly string[]) => command('token', ...args);

  test('a token that runbook token created signs in on the page of runbook server', async () => {
    const run = await stage().create();
    const child = spawn(process.execPath, [LAUNCHER, 'server', '--listen', '127.0.0.1:0'], {
      ...{ env: env(), cwd: folder, stdio: ['ignore', 'inherit', 'pipe'] },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const exited = new Promise((done) => child.on('exit', done));
    const created = await token('create', 'Kim Doe', '--role', 'operator', '--expires', '1d');
    expect(created.stderr).toContain('This token is shown once.');
    await vi.waitFor(() => expect(said).toContain('pages at http://127.0.0.1:'));
    const url = /http:\S+/.exec(said)?.[0] ?? '';
    const headers = { authorization: `Bearer ${created.stdout.trim()}` };
    const reply = await fetch(`${url}/api/runs/${run}`, { headers });
    expect(await reply.json()).toMatchObject({ run: { id: run }, may: { operate: { may: true } } });
    const open = await fetch(`${url}/api/runs/${run}/stream`, { headers });
    const body = new URLSearchParams({ token: created.stdout.trim(), next: '/' });
    const login = await fetch(`${url}/auth/login`, {
      ...{ method: 'POST', body, redirect: 'manual' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(login.headers.get('set-cookie')).toContain('__Host-runbook=');

    expect((await token('list')).stdout).toMatch(/Kim Doe +operator +sign-in, read/);
    expect((await token('revoke', 'Kim Doe')).stdout).toContain('are revoked');
    expect((await fetch(`${url}/api/runs/${run}`, { headers })).status).toBe(401);
    const audit = await command('server', 'audit');
    expect(audit.stderr).toMatch(/^\d+ entries, the chain is intact$/m);
    expect(audit.stdout).toMatch(/token-created +Kim Doe .*scopes: sign-in, read, by: \S/);
    expect(audit.stdout).toMatch(/signed-in +Kim Doe/);
    expect(audit.stdout).toMatch(/tokens-revoked +Kim Doe/);
    const lines = (await command('server', 'audit', '--json')).stdout;
    expect(lines).not.toContain(created.stdout.trim());
    await stage().pool.query("UPDATE runbook.audit SET line = replace(line, 'Kim', 'Tim')");
    await expect(command('server', 'audit')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the chain is broken: entry'),
    });
    // A stream that is open does not keep the server from stopping.
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await open.body?.cancel().catch(() => undefined);
  });

  test.each([
    [['create', 'kim', '--expires', 'soon'], 'invalid time "soon"'],
    [['create', '<kim>'], 'a person has a name of letters'],
    [['revoke', 'nobody'], 'there is no token of "nobody"'],
  ])('token %j is refused', async (args, message) => {
    await expect(token(...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });
});
