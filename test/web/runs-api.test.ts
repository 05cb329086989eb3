import { describe, expect, test, vi } from 'vitest';
import { atGate, resolved, terminating } from '../fixtures/pool-exhausted-log.ts';
import { ALL_RIGHTS, VIEWER } from '../support/memory-access.ts';
import { servedWeb } from '../support/served-web.ts';

function api(...scopes: readonly ('read' | 'start' | 'act' | 'sign-in')[]) {
  const web = servedWeb();
  const bearer = { authorization: `Bearer ${web.access.addToken(web.lee, ...scopes)}` };
  const get = (path: string, headers = {}) =>
    web.app.request(path, { headers: { ...bearer, ...headers } });
  const post = (path: string, body: object, headers = {}) =>
    web.app.request(path, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { ...web, bearer, get, send: post };
}

/** Reads the events of a stream until one of a name has come, and closes it. */
async function eventsUntil(reply: Response, last: string): Promise<readonly string[]> {
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (reader !== undefined && !text.includes(`event: ${last}`)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return text.split('\n\n').filter((event) => event.trim() !== '');
}

describe('the API', () => {
  test('lists runs, and shows one with its view and what its caller may do', async () => {
    const { put, get } = api('read');
    put('k3f9', atGate);
    const list = await (await get('/api/runs?state=open&environment=prod')).json();
    expect(list).toMatchObject({ runs: [{ id: 'k3f9', waitingFor: 'gate' }], before: null });
    const whole = await (await get('/api/runs?state=&environment=&runbook=&before=')).json();
    expect(whole).toEqual(list);
    const one = await (await get('/api/runs/k3f9')).json();
    expect(one).toMatchObject({
      run: { id: 'k3f9' },
      view: { gate: { digest: 'sha256:9b1e' } },
      intents: [],
      may: { operate: { may: true } },
    });
    expect((await get('/api/runs/none')).status).toBe(404);
    expect((await get('/api/runs?state=odd')).status).toBe(422);
  });

  test('gives the lines of a journal byte for byte, also after a number', async () => {
    const { put, get } = api('read');
    const { held } = put('k3f9', resolved);
    const reply = await get('/api/runs/k3f9/journal');
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await reply.text()).toBe(held.lines.map(({ line }) => line).join(''));
    expect(await (await get('/api/runs/k3f9/journal?after=5')).text()).toBe(
      held.lines
        .slice(5)
        .map(({ line }) => line)
        .join(''),
    );
  });

  test('streams lines, live output and answers, and continues after the last event', async () => {
    const { put, get, send } = api('act');
    const { run } = put('k3f9', atGate, { onIntent: (_, on) => on.goOn(terminating) });
    const seq = run.view().seq;
    const reply = await get('/api/runs/k3f9/stream', { 'last-event-id': String(seq - 1) });
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
    const events = eventsUntil(reply, 'answer');
    run.say({ step: 'terminate_idle', lines: ['ending 48120'], bytes: 13 });
    const intent = { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' };
    const sent = await send('/api/runs/k3f9/intents', { intent, at_seq: run.view().awaited?.seq });
    expect([sent.status, await sent.json()]).toEqual([202, { intent: '1' }]);
    const names = (await events).map((event) => /event: (\w+)/.exec(event)?.[1]);
    expect(names).toEqual(['line', 'live', 'line', 'line', 'answer']);
    const [first, live, , , answer] = await events;
    expect(first).toContain(`id: ${seq}`);
    expect(first).toContain('"type":"operator.awaited"');
    expect(live).toContain('"lines":["ending 48120"]');
    expect(answer).toContain('"verdict":{"accepted":true}');
    expect(answer).not.toContain('shop');
  });

  test('gives a person fifty streams at a time, and another one once one has ended', async () => {
    const { put, get } = api('read');
    const { held } = put('k3f9', atGate);
    const open = await Promise.all(Array.from({ length: 50 }, () => get('/api/runs/k3f9/stream')));
    expect(open.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect((await get('/api/runs/k3f9/stream')).status).toBe(429);
    expect(held.lines.length).toBeGreaterThan(0);
    await open[0]?.body?.cancel();
    await vi.waitFor(async () => expect((await get('/api/runs/k3f9/stream')).status).toBe(200));
    for (const one of open.slice(1)) await one.body?.cancel();
  });

  test('ends the stream of a run that is over', async () => {
    const { put, get } = api('read');
    put('k3f9', resolved);
    const reply = await get('/api/runs/k3f9/stream?after=1');
    const events = await eventsUntil(reply, 'end');
    expect(events.at(-1)).toContain('event: end');
    expect(events).toHaveLength(resolved.events.length);
  });

  test('stores an intent once for one key, and looks', async () => {
    const { put, send } = api('act');
    const { run, held } = put('k3f9', atGate);
    const note = { intent: { type: 'note', text: 'x' } };
    const key = { 'idempotency-key': 'once' };
    for (let times = 0; times < 2; times += 1)
      expect((await send('/api/runs/k3f9/intents', note, key)).status).toBe(202);
    expect(run.sent).toHaveLength(1);
    expect((await send('/api/runs/k3f9/intents', { intent: { type: 'look' } })).status).toBe(202);
    expect(held.intents.at(-1)?.intent).toEqual({ type: 'look' });
  });

  test.each([
    ['no JSON', 'nothing', 422, 'invalid'],
    ['no intent', {}, 422, 'invalid'],
    ['an unknown intent', { intent: { type: 'explode' } }, 422, 'invalid'],
    ['an intent without its fields', { intent: { type: 'confirm' } }, 422, 'invalid'],
    ['an answer without its question', { intent: { type: 'refresh' } }, 409, 'stale'],
    ['an answer to another question', { intent: { type: 'refresh' }, at_seq: 2 }, 409, 'stale'],
    [
      'an ad-hoc command',
      { intent: { type: 'adhoc', target: 'db', text: 'SELECT 1' } },
      403,
      'not-allowed',
    ],
    ['that somebody attends', { intent: { type: 'attend', on: false } }, 403, 'not-allowed'],
  ])('refuses %s', async (_, body, status, code) => {
    const { put, send } = api('act');
    const { run } = put('k3f9', atGate);
    const reply = await send('/api/runs/k3f9/intents', body as object);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error: { code } });
    expect(run.sent).toEqual([]);
  });

  test('starts a run', async () => {
    const { runs, send } = api('start');
    const run = { runbook: 'dns', environment: 'prod', inputs: { host: 'db1' } };
    const reply = await send('/api/runs', { ...run, key: 'once' });
    expect([reply.status, await reply.json()]).toEqual([
      201,
      { run: '20261121-0312-started-0000' },
    ]);
    expect(runs.started).toEqual([{ ...run, mode: 'live', person: 'lee', key: 'once' }]);
    const unknown = await send('/api/runs', { runbook: 'unknown', environment: 'prod' });
    expect([unknown.status, await unknown.json()]).toEqual([
      409,
      { error: { code: 'refused', message: 'there is no runbook "unknown"' } },
    ]);
    for (const wrong of [
      { ...run, inputs: ['db1'] },
      { ...run, inputs: { host: 1 } },
      { ...run, mode: 'wet' },
      {},
    ])
      expect((await send('/api/runs', wrong)).status).toBe(422);
    expect((await send('/api/runs', { ...run, environment: 'moon' })).status).toBe(404);
  });

  test('gives outputs, transcripts and the archive', async () => {
    const { app, bearer, runs, get, audit } = api('read');
    const { run } = { run: (await import('../fixtures/scripted-run.ts')).scriptedRun(resolved) };
    runs.put(run, resolved.events, {
      id: 'k3f9',
      outputs: { 'outputs/a.stdout': '<b>looked</b>\n' },
    });
    const output = await get('/api/runs/k3f9/outputs/a.stdout');
    expect(output.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(output.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await output.text()).toBe('<b>looked</b>\n');
    expect((await get('/api/runs/k3f9/outputs/..%2Fjournal')).status).toBe(404);
    for (const [format, start] of Object.entries({
      md: '# ',
      html: '<!DOCTYPE html>',
      json: '{\n  "format": "runbook-transcript"',
      postmortem: '# ',
    })) {
      const reply = await app.request(`/api/runs/k3f9/transcript?format=${format}`, {
        headers: bearer,
      });
      expect((await reply.text()).startsWith(start), format).toBe(true);
    }
    expect((await get('/api/runs/k3f9/transcript?format=pdf')).status).toBe(422);
    const archive = await get('/api/runs/k3f9/archive');
    expect(archive.headers.get('content-disposition')).toBe('attachment; filename="k3f9.run"');
    expect(await archive.text()).toBe('archive of k3f9\n');
    expect(audit.notes).toEqual([{ what: 'run-exported', person: 'lee', run: 'k3f9' }]);
  });

  test('has nothing for somebody unknown', async () => {
    const { app, put } = api();
    put('k3f9', atGate);
    for (const headers of [
      {},
      { authorization: 'Bearer unknown' },
      { cookie: '__Host-runbook=x' },
    ]) {
      const reply = await app.request('/api/runs/k3f9', { headers });
      expect([reply.status, await reply.json()]).toEqual([
        401,
        { error: { code: 'sign-in', message: 'sign in first' } },
      ]);
    }
  });

  test('does not fall back on a session if a token is wrong', async () => {
    const { app, signIn } = api();
    const headers = { ...(await signIn()), authorization: 'Bearer unknown' };
    expect((await app.request('/api/runs', { headers })).status).toBe(401);
    const note = { method: 'POST', headers, body: '{}' };
    expect((await app.request('/api/runs', note)).status).toBe(401);
  });

  test.each([
    [[], 403, 403, 403],
    [['sign-in'], 403, 403, 403],
    [['read'], 200, 403, 403],
    [['start'], 403, 201, 403],
    [['act'], 200, 201, 202],
  ] as const)('with a token for %j reads %d, starts %d, acts %d', async (scopes, ...statuses) => {
    const { put, get, send } = api(...scopes);
    put('k3f9', atGate);
    const replies = [
      await get('/api/runs/k3f9'),
      await send('/api/runs', { runbook: 'dns', environment: 'prod' }),
      await send('/api/runs/k3f9/intents', { intent: { type: 'note', text: 'x' } }),
    ];
    expect(replies.map(({ status }) => status)).toEqual(statuses);
  });

  test('confirms by the right for the effect, not by the right to operate', async () => {
    const { put, send, access } = api('act');
    const { run } = put('k3f9', atGate);
    access.granted.prod = {
      ...VIEWER,
      operate: ALL_RIGHTS.operate,
      confirm: {
        change: { may: true },
        destructive: { may: false, because: 'Only approvers confirm this.' },
      },
    };
    const intent = { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' };
    const at_seq = run.view().awaited?.seq;
    const reply = await send('/api/runs/k3f9/intents', { intent, at_seq });
    expect([reply.status, await reply.json()]).toEqual([
      403,
      { error: { code: 'not-allowed', message: 'Only approvers confirm this.' } },
    ]);
    const decline = { intent: { type: 'decline', reason: 'no' }, at_seq };
    expect((await send('/api/runs/k3f9/intents', decline)).status).toBe(202);
  });

  test('notes in the audit who was refused what, and takes 50 intents a minute of a person', async () => {
    const { app, put, send, access, lee, audit } = api('act');
    put('k3f9', atGate);
    access.granted.prod = VIEWER;
    const note = { intent: { type: 'note', text: 'a typed text' } };
    expect((await send('/api/runs/k3f9/intents', note)).status).toBe(403);
    expect((await send('/api/runs', { runbook: 'dns', environment: 'prod' })).status).toBe(403);
    const bot = { authorization: `Bearer ${access.addToken(lee, 'read', 'start')}` };
    const path = '/api/runs/k3f9/intents';
    const body = JSON.stringify(note);
    expect((await app.request(path, { method: 'POST', headers: bot, body })).status).toBe(403);
    const who = { person: 'lee' };
    expect(audit.notes).toEqual([
      {
        ...{ what: 'intent-refused', ...who, run: 'k3f9' },
        more: { intent: 'note', code: 'not-allowed', by: 'server' },
      },
      {
        ...{ what: 'start-refused', ...who },
        more: { runbook: 'dns', environment: 'prod', code: 'not-allowed' },
      },
      {
        ...{ what: 'intent-refused', ...who, run: 'k3f9' },
        more: { intent: 'note', code: 'scope', by: 'server' },
      },
    ]);
    access.granted.prod = ALL_RIGHTS;
    for (let sent = 3; sent < 50; sent += 1)
      expect((await send('/api/runs/k3f9/intents', note)).status).toBe(202);
    const late = await send('/api/runs/k3f9/intents', note);
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await late.json()).toMatchObject({ error: { code: 'too-many' } });
  });

  test('takes no body above 1 MiB', async () => {
    const { put, send } = api('act');
    put('k3f9', atGate);
    const intent = { type: 'note', text: 'x'.repeat(1024 * 1024) };
    expect((await send('/api/runs/k3f9/intents', { intent })).status).toBe(413);
  });

  test('says what is not there', async () => {
    const { get } = api('read');
    expect(await (await get('/api/nothing')).json()).toMatchObject({
      error: { code: 'not-found' },
    });
  });
});
