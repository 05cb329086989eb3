import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { servedTeam } from '../support/served-team.ts';
import { textOf } from '../support/served-web.ts';
import { expectNoSecret, type Place } from './secrets.ts';

const SECRET = 'a secret of at least thirty-two characters';
const stage = servedTeam(
  `
environments: { prod: { label: eu } }
alerts:
  sources:
    own: { kind: generic, secret: env:ALERT_SECRET }
    am: { kind: alertmanager, secret: env:ALERT_SECRET }
  routes:
    - match: { alertname: OrdersStuck }
      run: stuck-orders
      environment: prod
      fingerprint: [alertname, instance]
`,
  { ALERT_SECRET: SECRET },
);
const WAIT = { timeout: 30_000, interval: 100 };

/** A browser without a script: keeps the cookie of its session. */
async function signedIn() {
  const token = await stage().token('grace', 'approver', 'sign-in');
  const login = await post('/auth/login', { token, next: '/' });
  expect(login.status).toBe(303);
  const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
  const get = async (path: string) => {
    const reply = await fetch(`${stage().url}${path}`, { headers: { cookie }, redirect: 'manual' });
    return { status: reply.status, text: await reply.text() };
  };
  return { token, cookie, get };
}

function post(path: string, fields: Readonly<Record<string, string>>, cookie = '') {
  return fetch(`${stage().url}${path}`, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
    headers: { 'sec-fetch-site': 'same-origin', cookie },
  });
}

async function api(token: string, path: string, body?: unknown, headers = {}) {
  const reply = await fetch(`${stage().url}/api/runs${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  return { status: reply.status, bytes: Buffer.from(await reply.arrayBuffer()) };
}

const jsonOf = ({ bytes }: { bytes: Buffer }) => JSON.parse(bytes.toString());

/** Resolves with the run once it asks for that. */
async function asks(token: string, run: string, what: string) {
  return await vi.waitFor(async () => {
    const found = jsonOf(await api(token, `/${run}`));
    expect(found.view?.awaited?.for).toBe(what);
    return found.view;
  }, WAIT);
}

/** Reads the stream of a run until it ends; resolves with the kinds of its events. */
async function streamOf(
  token: string,
  run: string,
  sent: string[] = [],
): Promise<readonly string[]> {
  const reply = await fetch(`${stage().url}/api/runs/${run}/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const kinds: string[] = [];
  let text = '';
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk).toString();
    sent.splice(0, 1, text);
    kinds.splice(
      0,
      kinds.length,
      ...[...text.matchAll(/^event: (\w+)/gm)].map(([, kind = '']) => kind),
    );
    if (kinds.at(-1) === 'end') break;
  }
  return kinds;
}

test('a run started over the API is confirmed on its page, executed by the worker, and exported', async () => {
  const started = await stage().token('ada', 'operator', 'start', 'read');
  const wanted = { runbook: 'stuck-orders', environment: 'prod' };
  const key = { 'idempotency-key': 'once' };
  const first = await api(started, '', wanted, key);
  expect(first.status).toBe(201);
  const { run } = jsonOf(first);
  expect(jsonOf(await api(started, '', wanted, key))).toEqual({ run });
  const { gate, awaited } = await asks(started, run, 'gate');
  const kinds = streamOf(started, run);

  const { get, cookie } = await signedIn();
  expect(textOf((await get('/')).text)).toContain('Orders are stuck');
  const page = await get(`/r/${run}`);
  expect(page.status).toBe(200);
  expect(textOf(page.text)).toContain('7 orders wait.');
  expect(page.text).toContain(gate.digest);
  const confirm = { intent: 'confirm', digest: gate.digest, at_seq: String(awaited.seq) };
  const early = { ...confirm, at_seq: String(awaited.seq - 1), phrase: 'release them' };
  expect((await post(`/r/${run}/intents`, early, cookie)).status).toBe(409);
  const wrong = await post(`/r/${run}/intents`, { ...confirm, phrase: 'no' }, cookie);
  expect(textOf((await get(wrong.headers.get('location') ?? '')).text)).toContain('Refused');
  expect(await stage().changes()).toBe(0);
  const right = await post(`/r/${run}/intents`, { ...confirm, phrase: 'release them' }, cookie);
  expect(right.status).toBe(303);
  await vi.waitFor(async () => {
    expect(jsonOf(await api(started, `/${run}`)).run.status).toBe('finished');
  }, WAIT);
  expect(await stage().changes()).toBe(1);
  expect(
    jsonOf(await api(started, '?state=finished')).runs.map(({ id }: { id: string }) => id),
  ).toEqual([run]);
  expect((await get(`/r/${run}/record`)).text).toContain('grace');

  const told = await kinds;
  expect(told.at(-1)).toBe('end');
  const journal = await api(started, `/${run}/journal`);
  const lines = journal.bytes.toString().trimEnd().split('\n');
  expect(told.filter((kind) => kind === 'line')).toHaveLength(lines.length);
  const archive = join(stage().folder, 'one.runbook-run');
  writeFileSync(archive, (await api(started, `/${run}/archive`)).bytes);
  expect(await stage().command('runs', 'import', archive)).toMatchObject({ code: 0 });
  expect(await stage().command('transcript', 'verify', run)).toMatchObject({ code: 0 });
});

test('no secret is in what the team keeps, says or sends', async () => {
  const token = await stage().token('ada', 'approver', 'start', 'read');
  const { get, cookie } = await signedIn();
  const wanted = { runbook: 'stuck-orders', environment: 'prod' };
  const { run } = jsonOf(await api(token, '', wanted));
  const { gate, awaited } = await asks(token, run, 'gate');
  const sent: string[] = [];
  const stream = streamOf(token, run, sent);
  const atGate = await get(`/r/${run}`);
  const confirm = { intent: 'confirm', digest: gate.digest, at_seq: String(awaited.seq) };
  await post(`/r/${run}/intents`, { ...confirm, phrase: 'release them' }, cookie);
  await stream;
  const paths = ['', '/journal', '/archive', '/transcript?format=html', '/transcript?format=json'];
  const replies = await Promise.all(
    paths.map(async (path): Promise<Place> => {
      const { status, bytes } = await api(token, `/${run}${path}`);
      expect({ path, status }).toEqual({ path, status: 200 });
      const text = path === '/archive' ? gunzipSync(bytes) : bytes;
      return [path, text.toString()];
    }),
  );
  const pages = await Promise.all(
    [
      '/',
      `/r/${run}`,
      `/r/${run}/record`,
      '/runbooks',
      '/alerts',
      '/settings',
      '/metrics',
      '/health/ready',
    ].map(async (path): Promise<Place> => [path, (await get(path)).text]),
  );
  const places = await stage().places();
  // The name of the login is no secret, and shows that the places are the right ones.
  for (const name of ['/journal', 'runbook.run_event'])
    expect([...replies, ...places].find(([place]) => place === name)?.[1]).toContain('healer');
  expect(places.find(([place]) => place === 'log 1')?.[1]).toContain('takes runs of eu');
  expectNoSecret(stage().patientUrl, [
    ...[...places, ...replies, ...pages],
    ...[['gate', atGate.text] as const, ['stream', sent.join('')] as const],
  ]);
});

test('what does not fit is refused with the reason, and no file of the server is a runbook', async () => {
  const token = await stage().token('ada', 'operator', 'start', 'read');
  const start = (more: object) =>
    api(token, '', { runbook: 'stuck-orders', environment: 'prod', ...more });
  for (const [more, reason] of [
    [{ runbook: join(stage().folder, 'stuck-orders.yaml') }, 'the server has no runbook'],
    [{ inputs: { database_url: 'postgres://elsewhere' } }, 'is secret and must not leave'],
    [{ inputs: { read_seconds: 'soon' } }, 'has to be a number'],
    [{ inputs: { other: '1' } }, 'the runbook has no input'],
  ] as const) {
    const reply = await start(more);
    expect([reply.status, reply.bytes.toString()]).toEqual([409, expect.stringContaining(reason)]);
  }
  expect((await start({ environment: 'staging' })).status).toBe(404);
});

test('a token does what its scope allows, until it is revoked with the session', async () => {
  const { token, cookie, get } = await signedIn();
  expect((await api(token, '')).status).toBe(403);
  const reader = await stage().token('bot', 'viewer', 'read');
  expect((await api(reader, '')).status).toBe(200);
  expect((await api(reader, '', { runbook: 'stuck-orders', environment: 'prod' })).status).toBe(
    403,
  );
  expect((await post('/auth/login', { token: reader, next: '/' })).status).toBe(401);
  const listed = await stage().command('token', 'list');
  expect(listed.out).toMatch(/bot +viewer +read/);
  expect(listed.out).not.toContain(reader);
  expect((await get('/')).status).toBe(200);
  expect((await stage().command('token', 'revoke', 'grace')).code).toBe(0);
  expect((await get('/')).status).toBe(303);
  expect((await post('/auth/login', { token, next: '/' }, cookie)).status).toBe(401);
  expect((await stage().command('token', 'revoke', 'grace')).code).toBe(2);
});

test('signed alerts of two systems start one run, which the second joins', async () => {
  const labels = { alertname: 'OrdersStuck', instance: 'db-1', severity: 'critical' };
  const body = JSON.stringify({ title: 'Orders are stuck', status: 'firing', labels });
  const time = String(Math.floor(Date.now() / 1_000));
  const sign = (key: string) =>
    `v1=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;
  const own = (key: string) =>
    fetch(`${stage().url}/hooks/own`, {
      ...{ method: 'POST', body },
      headers: { 'x-runbook-timestamp': time, 'x-runbook-signature': sign(key) },
    });
  expect((await own(`${SECRET}!`)).status).toBe(401);
  expect(stage().said()).toContain('a webhook to "own" from 127.0.0.1 was refused');
  const reply = await own(SECRET);
  const [first] = ((await reply.json()) as { alerts: { run: string; decision: string }[] }).alerts;
  expect([reply.status, first?.decision]).toEqual([202, 'started']);
  const am = await fetch(`${stage().url}/hooks/am`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}` },
    body: JSON.stringify({
      ...{ version: '4', status: 'firing', receiver: 'runbook', groupLabels: {} },
      alerts: [
        {
          ...{ status: 'firing', labels, annotations: {}, fingerprint: 'c0ffee' },
          ...{ startsAt: '2026-11-22T21:14:00Z', endsAt: '0001-01-01T00:00:00Z' },
        },
      ],
    }),
  });
  const { alerts } = (await am.json()) as { alerts: unknown[] };
  expect(alerts).toMatchObject([{ decision: 'joined', run: first?.run }]);
  const token = await stage().token('ada', 'operator', 'read');
  await asks(token, first?.run ?? '', 'gate');
  const { run } = jsonOf(await api(token, `/${first?.run}`));
  expect(run).toMatchObject({ severity: 'critical', startedBy: 'alert:own', environment: 'prod' });
});

test.each([
  ['team_worker', 'SELECT FROM runbook.person'],
  ['team_worker', 'SELECT FROM runbook.token'],
  ['team_worker', 'SELECT FROM runbook.web_session'],
  ['team_worker', 'SELECT FROM runbook.audit'],
  [
    'team_worker',
    "INSERT INTO runbook.run_intent (run_id, person, via, intent) VALUES ('', '', '', '{}')",
  ],
  ['team_worker', "UPDATE runbook.run_intent SET person = 'grace'"],
  ['team_worker', "UPDATE runbook.run_event SET line = ''"],
  ['team_worker', 'DELETE FROM runbook.run_event'],
  ['team_worker', 'DELETE FROM runbook.run'],
  ['team_worker', 'CREATE TABLE runbook.own (id int)'],
  ['team_server', 'INSERT INTO runbook.run_event SELECT * FROM runbook.run_event'],
  ['team_server', 'DELETE FROM runbook.run_event'],
  ['team_server', "UPDATE runbook.run_intent SET intent = '{}'"],
  ['team_server', "UPDATE runbook.audit SET line = ''"],
  ['team_server', 'DELETE FROM runbook.audit'],
  ['team_server', "INSERT INTO runbook.person (id, name, groups) VALUES ('x', 'x', '{approver}')"],
  ['team_server', "INSERT INTO runbook.token (hash, scopes, expires_at) VALUES ('', '{}', now())"],
  ['team_server', "UPDATE runbook.token SET scopes = '{sign-in}'"],
  ['team_server', 'DELETE FROM runbook.token'],
  ['team_server', 'DELETE FROM runbook.run_output'],
  ['team_worker', 'DELETE FROM runbook.worker'],
  ['team_server', 'DROP TABLE runbook.run_live'],
] as const)('the role %s may not: %s', async (role, sql) => {
  await expect(stage().as(role, sql)).rejects.toThrow(/permission denied|must be owner/);
});

/** Sends an alert of the generic source `late`. */
async function sendLate(key: string) {
  const labels = { alertname: 'Late', instance: 'db-1' };
  const body = JSON.stringify({ title: 'Late', status: 'firing', labels });
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = `v1=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;
  const headers = { 'x-runbook-timestamp': time, 'x-runbook-signature': signature };
  const reply = await fetch(`${stage().url}/hooks/late`, { method: 'POST', body, headers });
  const { alerts = [] } = (await reply.json()) as { alerts?: { run: string; decision: string }[] };
  return { status: reply.status, ...alerts[0] };
}

test('SIGHUP reads sources, secrets, routes and runbooks again, and a file with errors changes nothing', async () => {
  const { folder, server, said, token } = stage();
  const file = join(folder, 'team.yaml');
  const before = readFileSync(file, 'utf8');
  const [one, other] = ['1'.repeat(40), '2'.repeat(40)];
  const readAgain = async (text: string, says: string) => {
    const times = said().split(says).length;
    writeFileSync(file, text);
    server.kill('SIGHUP');
    await vi.waitFor(() => expect(said().split(says).length).toBe(times + 1), WAIT);
  };
  const keep = (secret: string) => writeFileSync(join(folder, 'late'), secret, { mode: 0o600 });
  expect((await sendLate(one)).status).toBe(401);
  const book = readFileSync(join(folder, 'stuck-orders.yaml'), 'utf8');
  writeFileSync(join(folder, 'late.yaml'), book.replace('name: stuck-orders', 'name: late'));
  keep(one);
  const late = before.replace(
    '  routes:\n',
    `    late: { kind: generic, secret: file:late }
  routes:
    - { match: { alertname: Late }, run: late, environment: prod }
`,
  );
  await readAgain(late, 'the files were read again');
  const { decision, run = '' } = await sendLate(one);
  expect(decision).toBe('started');
  await asks(await token('ada', 'operator', 'read'), run, 'gate');
  keep(other);
  await readAgain(`${late}unknown: 1\n`, 'the files were not read again');
  expect((await sendLate(one)).status).toBe(202);
  await readAgain(late, 'the files were read again');
  expect([(await sendLate(one)).status, (await sendLate(other)).status]).toEqual([401, 202]);
  await readAgain(before, 'the files were read again');
  expect((await sendLate(other)).status).toBe(401);
});

test('a server is ready while a worker has each of its labels, and SIGTERM ends it with open streams', async () => {
  expect((await fetch(`${stage().url}/health/ready`)).status).toBe(200);
  const token = await stage().token('ada', 'operator', 'start', 'read');
  const { run } = jsonOf(await api(token, '', { runbook: 'stuck-orders', environment: 'prod' }));
  const stream = await fetch(`${stage().url}/api/runs/${run}/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(stream.status).toBe(200);
  stage().server.kill('SIGTERM');
  expect(await stage().exited).toBe(0);
  expect(stage().said()).toContain('stopped');
});

test('an address that others reach needs https in front', async () => {
  const file = join(stage().folder, 'open.yaml');
  writeFileSync(file, 'listen: 0.0.0.0:8080\nenvironments: { prod: {} }\n');
  const refused = await stage().command('server', '--config', 'open.yaml');
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('other machines reach 0.0.0.0:8080, and url is not https');
  writeFileSync(file, 'database: postgres://me:pw@host/db\nenvironments: { prod: {} }\n');
  const open = await stage().command('server', '--config', 'open.yaml');
  expect([open.code, open.err]).toEqual([2, expect.stringContaining('not a reference')]);
  expect(open.err).not.toContain('me:pw');
});

test('a secret of alerts that is too short stops the server', async () => {
  const yaml = `
environments: { prod: { label: eu } }
alerts: { sources: { own: { kind: generic, secret: file:short } }, routes: [] }
`;
  writeFileSync(join(stage().folder, 'weak.yaml'), yaml);
  writeFileSync(join(stage().folder, 'short'), 'short\n', { mode: 0o600 });
  const weak = await stage().command('server', '--config', 'weak.yaml');
  expect([weak.code, weak.err]).toEqual([5, expect.stringContaining('shorter than 32 characters')]);
});
