import { describe, expect, test } from 'vitest';
import { SCRIPT, SCRIPT_PATH } from '#web/page/script.ts';
import { STYLE_PATH } from '#web/page/style.ts';
import { atGate } from '../fixtures/pool-exhausted-log.ts';
import { VIEWER } from '../support/memory-access.ts';
import { servedWeb, shownRun, textOf } from '../support/served-web.ts';

describe('signing in', () => {
  test('is asked of everybody, and leads to where one was going', async () => {
    const web = servedWeb();
    web.put('k3f9', atGate);
    const reply = await web.app.request('/r/k3f9');
    expect(reply.headers.get('location')).toBe('/auth/login?next=%2Fr%2Fk3f9');
    const login = await (await web.app.request('/auth/login?next=%2Fr%2Fk3f9')).text();
    expect(login).toContain('name="next" value="/r/k3f9"');
    const signed = await web.post('/auth/login', { token: web.token, next: '/r/k3f9' });
    expect(signed.headers.get('location')).toBe('/r/k3f9');
    expect(signed.headers.get('set-cookie')).toMatch(
      /^__Host-runbook=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/r/../evil',
    '/api/runs',
  ])('never leads to %s', async (next) => {
    const web = servedWeb();
    const signed = await web.post('/auth/login', { token: web.token, next });
    expect(signed.headers.get('location')).toBe('/');
  });

  test('needs a known token that allows it and has not expired', async () => {
    const web = servedWeb();
    const reading = web.access.addToken(web.lee, 'read');
    const old = web.access.addToken(web.lee, 'sign-in');
    web.access.expire(old);
    for (const token of ['', 'unknown', reading, old]) {
      const reply = await web.post('/auth/login', { token, next: '/' });
      expect(reply.status).toBe(401);
      expect(reply.headers.get('set-cookie')).toBeNull();
    }
    expect(web.audit.notes).toEqual(Array(4).fill({ what: 'sign-in-refused' }));
  });

  test('keeps digests only, and ends with signing out or with time', async () => {
    const web = servedWeb();
    const { cookie } = await web.signIn();
    const secret = cookie.split('=')[1] ?? '';
    expect(JSON.stringify(web.access.sessions)).not.toContain(secret);
    expect((await web.app.request('/', { headers: { cookie } })).status).toBe(200);
    await web.post('/auth/logout', {}, { cookie });
    expect((await web.app.request('/', { headers: { cookie } })).status).toBe(303);
    expect(web.audit.notes).toEqual([
      { what: 'signed-in', person: 'lee', more: { via: 'page' } },
      { what: 'signed-out', person: 'lee' },
    ]);
    const { cookie: later } = await web.signIn();
    web.access.sessions = web.access.sessions.map((one) => ({ ...one, expiresAt: new Date(0) }));
    expect((await web.app.request('/', { headers: { cookie: later } })).status).toBe(303);
  });

  test('gives a terminal a session without a cookie, which ends when it says so', async () => {
    const web = servedWeb();
    const session = (token: string, method = 'POST') =>
      web.app.request('/auth/session', { method, headers: { authorization: `Bearer ${token}` } });
    const opened = await session(web.token);
    expect([opened.status, opened.headers.get('set-cookie')]).toEqual([201, null]);
    const { session: secret, person } = (await opened.json()) as {
      session: string;
      person: { name: string };
    };
    expect(person.name).toBe('Lee');
    const headers = { authorization: `Bearer ${secret}` };
    expect((await web.app.request('/api/runs', { headers })).status).toBe(200);
    // Only a token opens a session, so that none outlives its token.
    expect((await session(secret)).status).toBe(401);
    expect((await session(web.access.addToken(web.lee, 'read'))).status).toBe(403);
    expect((await session('unknown')).status).toBe(401);
    expect((await session(secret, 'DELETE')).status).toBe(204);
    expect((await web.app.request('/api/runs', { headers })).status).toBe(401);
    expect(web.audit.notes[0]).toEqual({
      ...{ what: 'signed-in', person: 'lee', more: { via: 'terminal' } },
    });
  });

  test('shows what one may do', async () => {
    const web = servedWeb();
    web.access.granted.staging = VIEWER;
    const headers = await web.signIn();
    const text = textOf(await (await web.app.request('/settings', { headers })).text());
    expect(text).toContain('prod Yes Yes Yes staging No. You may only watch in this environment.');
    expect(text).toContain('Signed in as Lee');
    expect(text).toContain('No worker is there: no run can begin or go on.');
  });

  test('shows the workers that are there, and how much each does', async () => {
    const worker = { id: 'eu-1', labels: ['eu'], program: 'runbook 1', state: 'draining' };
    const web = servedWeb({
      workers: async () => [{ ...worker, beatMs: 1_200, held: 3, places: 100 }],
    });
    const headers = await web.signIn();
    const text = textOf(await (await web.app.request('/settings', { headers })).text());
    expect(text).toContain('eu-1 eu draining, seen 1.2 s ago 3 held, at most 100 at work');
    expect(text).not.toContain('No worker is there');
  });
});

describe('every response', () => {
  test('forbids everything but its own script and style', async () => {
    const web = servedWeb();
    const headers = await web.signIn();
    const one = await web.app.request('/', { headers });
    const nonce =
      /nonce-([^']+)'/.exec(one.headers.get('content-security-policy') ?? '')?.[1] ?? '';
    expect(one.headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(one.headers.get('x-content-type-options')).toBe('nosniff');
    expect(one.headers.get('cache-control')).toBe('no-store');
    expect(await one.text()).toContain(`<script src="${SCRIPT_PATH}" nonce="${nonce}" defer>`);
    const other = await web.app.request('/', { headers });
    expect(other.headers.get('content-security-policy')).not.toContain(nonce);
  });

  test.each([undefined, 'cross-site', 'same-site', 'none'])(
    'to a form from %s is a refusal',
    async (site) => {
      const { run, post, headers, token } = await shownRun(atGate);
      const from = { ...headers, 'sec-fetch-site': site ?? '' };
      const fields = { intent: 'note', said: 'x' };
      expect((await post('/r/k3f9/intents', fields, from)).status).toBe(403);
      expect((await post('/auth/login', { token, next: '/' }, from)).status).toBe(403);
      expect((await post('/auth/logout', {}, from)).status).toBe(403);
      expect(run.sent).toEqual([]);
    },
  );

  test.each([
    'Basic eDp5',
    'basic eDp5',
    'Bearer',
    'Bearer ',
    'bearer',
    'Digest username="x"',
    'Basic eDp5, Bearer x',
    'Bearer x, Bearer y',
    'x',
    '',
  ])('from another site with a session and "%s" is a refusal', async (authorization) => {
    const { run, app, headers, access } = await shownRun(atGate);
    const from = { ...headers, authorization, 'sec-fetch-site': 'cross-site' };
    const body = JSON.stringify({ intent: { type: 'note', text: 'x' } });
    const form = new URLSearchParams({ intent: 'note', said: 'x' });
    const post = async (path: string, sent: string | URLSearchParams) =>
      (await app.request(path, { method: 'POST', headers: from, body: sent })).status;
    expect(await post('/api/runs/k3f9/intents', body)).toBe(403);
    expect(await post('/r/k3f9/intents', form)).toBe(403);
    expect(await post('/auth/logout', form)).toBe(403);
    expect(await post('/auth/session', '')).toBe(401);
    expect(run.sent).toEqual([]);
    expect(access.sessions).toHaveLength(1);
  });

  test.each(['Bearer x', 'bearer x', 'BEARER  x'])(
    'from another site with a session and the unknown "%s" asks to sign in',
    async (authorization) => {
      const { run, app, headers, token, access } = await shownRun(atGate);
      const from = { ...headers, authorization, 'sec-fetch-site': 'cross-site' };
      const form = { intent: 'note', said: 'x', token };
      for (const path of [
        '/r/k3f9/intents',
        '/api/runs/k3f9/intents',
        '/auth/login',
        '/auth/logout',
      ]) {
        const body = new URLSearchParams(form);
        const reply = await app.request(path, { method: 'POST', headers: from, body });
        expect([path, reply.status]).toEqual([path, 401]);
      }
      expect(run.sent).toEqual([]);
      expect(access.sessions).toHaveLength(1);
    },
  );

  test('is small: the script is below 7 KB and cached', async () => {
    expect(SCRIPT.length).toBeLessThan(7 * 1_024);
    const { app } = servedWeb();
    for (const path of [SCRIPT_PATH, STYLE_PATH]) {
      const reply = await app.request(path);
      expect(reply.status).toBe(200);
      expect(reply.headers.get('cache-control')).toContain('immutable');
    }
  });

  test('to an unknown address says so, and health needs no session', async () => {
    const web = servedWeb();
    const headers = await web.signIn();
    expect((await web.app.request('/nothing', { headers })).status).toBe(404);
    expect((await web.app.request('/r/none', { headers })).status).toBe(404);
    expect(await (await web.app.request('/health/live')).text()).toBe('ok\n');
    expect((await web.app.request('/health/ready')).status).toBe(200);
    web.runs.problem = 'the database does not answer';
    const reply = await web.app.request('/health/ready');
    expect([reply.status, await reply.text()]).toEqual([503, 'the database does not answer\n']);
  });
});
