import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '#lab/setup/certificate.ts';
import type { HttpAction } from '#safety/kinds/http.ts';
import { createHttpExecutor } from '#steps/http/executor.ts';
import { closedPort, endpoint, listen } from '../../support/fake-endpoints.ts';

async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

type Sent = Partial<HttpAction> & { readonly url: string };

async function send(
  sent: Sent,
  context: {
    readonly signal?: AbortSignal;
    readonly mayStart?: () => Promise<undefined>;
    readonly onOutput?: (chunk: string) => void;
  } = {},
) {
  const executor = createHttpExecutor();
  const { signal = new AbortController().signal, mayStart, onOutput = () => {} } = context;
  const action: HttpAction = {
    ...{ kind: 'http', method: 'GET', headers: {}, body: undefined, okStatus: [], ca: undefined },
    ...{ timeoutMs: 5_000, readOnly: (sent.method ?? 'GET') === 'GET', ...sent },
  };
  const outcome = await executor.execute(action, {
    signal,
    mayStart,
    onOutput: (_, chunk) => onOutput(String(chunk)),
  });
  await executor.close();
  return outcome;
}

test('a request is sent once and exactly, and its answer is told', async () => {
  const got: unknown[] = [];
  const site = await serve((request, response) => {
    const { method, url, headers } = request;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ method, url, headers, body });
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'session=1' });
      response.end('{"id": 7}');
    });
  });
  const shown: string[] = [];
  const outcome = await send(
    {
      method: 'POST',
      url: `${site}/items?a=1`,
      headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
      body: '{"é":1}',
    },
    { onOutput: (chunk) => shown.push(chunk) },
  );
  expect(outcome).toEqual({
    status: 'succeeded',
    result: {
      status: 201,
      status_code: 201,
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      json: { id: 7 },
      text: '{"id": 7}',
      truncated: false,
      ms: expect.any(Number),
    },
  });
  expect(JSON.stringify(outcome)).not.toContain('session=1');
  expect(shown.join('')).toBe('{"id": 7}');
  expect(got).toEqual([
    {
      method: 'POST',
      url: '/items?a=1',
      headers: {
        host: site.replace('http://', ''),
        'user-agent': 'runbook',
        authorization: 'Bearer x',
        'content-type': 'application/json',
        'content-length': '8',
        'accept-encoding': 'identity',
        connection: 'close',
      },
      body: '{"é":1}',
    },
  ]);
});

describe('an answer that is no success', () => {
  const answering = (status: number, text = '', headers = {}) =>
    serve((_, response) => response.writeHead(status, headers).end(text));

  test.each([
    [401, 'auth'],
    [403, 'no_permission'],
    [404, 'not_found'],
    [500, 'unexpected'],
  ])('%i fails the step as %s, with its result', async (status, kind) => {
    const outcome = await send({ url: await answering(status, '{"error":"no"}\nmore') });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { kind, code: String(status), phase: 'query' },
      result: { status, json: null },
    });
    expect(outcome).toHaveProperty('error.message', expect.stringMatching(/: \{"error":"no"\}$/));
  });

  test('is one if the author expects it', async () => {
    const url = await answering(404);
    expect(await send({ url, okStatus: [200, 404] })).toMatchObject({ status: 'succeeded' });
    expect(await send({ url: await answering(200), okStatus: [201] })).toMatchObject({
      status: 'failed',
    });
  });

  test('of a proxy leaves the outcome of a change unknown', async () => {
    for (const status of [502, 504]) {
      const url = await answering(status);
      expect(await send({ url, method: 'POST' })).toMatchObject({ status: 'unknown' });
      expect(await send({ url })).toMatchObject({ status: 'failed' });
    }
  });

  test('that redirects is not followed, also not with a login', async () => {
    const asked: string[] = [];
    const other = await serve(({ url = '' }, response) => {
      asked.push(url);
      response.end();
    });
    const site = await answering(307, '', { location: `${other}/there` });
    for (const method of ['GET', 'POST'] as const) {
      const outcome = await send({ url: site, method, headers: { authorization: 'x' } });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'unexpected', hint: expect.stringContaining(`${other}/there`) },
      });
    }
    expect(asked).toEqual([]);
  });
});

describe('a change that got no answer', () => {
  test('is unknown once it was sent, and a read has failed', async () => {
    const site = await serve((request) => request.socket.destroy());
    expect(await send({ url: site, method: 'POST' })).toMatchObject({
      status: 'unknown',
      error: { kind: 'reset' },
    });
    expect(await send({ url: site })).toMatchObject({ status: 'failed', error: { kind: 'reset' } });
  });

  test('is unknown if the answer breaks off or is late', async () => {
    const cut = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"a":');
      request.socket.end();
    });
    expect(await send({ url: cut, method: 'PUT' })).toMatchObject({
      status: 'unknown',
      result: { status: 200, json: null },
    });
    const silent = await serve(() => {});
    expect(await send({ url: silent, method: 'PUT', timeoutMs: 200 })).toMatchObject({
      status: 'unknown',
      error: { kind: 'timeout' },
    });
  });

  test('is unknown if the operator ends it then', async () => {
    const stop = new AbortController();
    const site = await serve(() => stop.abort());
    const outcome = await send({ url: site, method: 'POST' }, { signal: stop.signal });
    expect(outcome).toMatchObject({ status: 'unknown', error: { kind: 'cancelled' } });
  });

  test('has failed if it could not be sent', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await send({ url, method: 'POST' })).toMatchObject({
      status: 'failed',
      error: { kind: 'refused', phase: 'tcp' },
    });
    expect(await send({ url: 'http://nowhere.invalid/', method: 'POST' })).toMatchObject({
      status: 'failed',
      error: { kind: 'dns', phase: 'dns' },
    });
    expect(await send({ url: 'ftp://x/', method: 'POST' })).toMatchObject({
      error: { kind: 'config' },
    });
  });

  test('is not sent if it may not start any more', async () => {
    const asked: unknown[] = [];
    const site = await serve((request, response) => {
      asked.push(request.url);
      response.end();
    });
    const mayStart = () => Promise.reject(new Error('another worker has the run'));
    await expect(send({ url: site, method: 'POST' }, { mayStart })).rejects.toThrow(
      'another worker',
    );
    expect(asked).toEqual([]);
  });
});

describe('the answer', () => {
  test('is kept up to a limit, and is no JSON beyond it', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(100_000) });
    const site = await serve((_, response) => response.end(long));
    const { result } = await send({ url: site });
    expect(result).toMatchObject({ truncated: true, json: JSON.parse(long) });
    expect(String(result?.text)).toHaveLength(64 * 1024);
    const endless = await serve((_, response) => response.end(`["${'x'.repeat(2 ** 21)}"]`));
    expect(await send({ url: endless })).toMatchObject({
      status: 'succeeded',
      result: { truncated: true, json: null },
    });
  });

  test('is no text if it is binary', async () => {
    const site = await serve((_, response) => response.end(Buffer.of(0, 1, 255)));
    expect(await send({ url: site })).toMatchObject({ result: { text: null, json: null } });
  });

  test('of another service is no answer', async () => {
    const port = await endpoint((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const outcome = await send({ url: `http://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'unexpected' } });
  });
});

test('a certificate has to be valid, by an authority that is trusted', async () => {
  const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
  const good = makeCertificate({ name: 'web', names: ['127.0.0.1'], issuer: authority });
  const server = createHttpsServer(good, (_, response) => response.end('ok'));
  const url = `https://127.0.0.1:${await listen(server)}/`;
  expect(await send({ url, method: 'POST' })).toMatchObject({
    status: 'failed',
    error: { kind: 'tls', phase: 'tls' },
  });
  expect(await send({ url, method: 'POST', ca: authority.cert })).toMatchObject({
    status: 'succeeded',
    result: { text: 'ok' },
  });
  expect(await send({ url, ca: '/nowhere/ca.pem' })).toMatchObject({ error: { kind: 'config' } });
});
