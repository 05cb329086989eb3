import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '#lab/setup/certificate.ts';
import { closedPort, endpoint, listen } from '../../support/fake-endpoints.ts';
import { runProbe } from '../../support/run-probe.ts';

async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

test('a page is asked for once, and told with status, headers and its beginning', async () => {
  const asked: unknown[] = [];
  const site = await serve(({ method, url, headers }, response) => {
    asked.push({ method, url, headers });
    response.setHeader('content-type', 'application/json').setHeader('set-cookie', 'session=1');
    response.end('{"ok":true}');
  });
  const { status, result } = await runProbe('http', { url: `${site}/health?full=1` });
  expect(status).toBe('succeeded');
  expect(result).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"ok":true}',
    body_truncated: false,
    redirects: 0,
    address: '127.0.0.1',
    stages: { tcp: expect.any(Number), tls: null, query: expect.any(Number) },
    failed_stage: null,
    ms: expect.any(Number),
  });
  expect(JSON.stringify(result)).not.toContain('session=1');
  expect(asked).toEqual([
    {
      method: 'GET',
      url: '/health?full=1',
      headers: {
        host: site.replace('http://', ''),
        'user-agent': 'runbook',
        'accept-encoding': 'identity',
        connection: 'close',
      },
    },
  ]);
});

test('with HEAD only the headers are asked for', async () => {
  const site = await serve(({ method }, response) => {
    response.setHeader('x-method', String(method)).setHeader('server', String(method));
    response.end('a page');
  });
  const { result } = await runProbe('http', { url: site, method: 'HEAD' });
  expect(result).toMatchObject({ status: 200, headers: { server: 'HEAD' }, body: '' });
});

test('nothing that changes something can be asked for', async () => {
  const site = await serve((_, response) => response.end());
  const { error } = await runProbe('http', { url: site, method: 'POST' });
  expect(error).toMatchObject({
    kind: 'config',
    message: 'method of http is not one of GET, HEAD',
  });
});

describe('the status is right', () => {
  test.each([
    [200, null, true],
    [302, null, true],
    [404, null, false],
    [503, null, false],
    [503, 503, true],
    [200, [401, 403], false],
    [401, ['401', 403], true],
  ])('when the answer is %s and %j is expected: %s', async (status, expect_status, isRight) => {
    const site = await serve((_, response) => response.writeHead(status).end('why'));
    const outcome = await runProbe('http', { url: site, expect_status });
    expect(outcome.status).toBe(isRight ? 'succeeded' : 'failed');
    expect(outcome.result).toMatchObject({ status, body: 'why' });
    if (!isRight)
      expect(outcome.error).toMatchObject({
        kind: 'unexpected',
        phase: 'query',
        code: String(status),
      });
  });
});

test('a login in the URL is sent to that server only, and not shown', async () => {
  const other = await serve(({ headers }, response) => response.end(String(headers.authorization)));
  const site = await serve(({ url, headers }, response) => {
    if (url === '/away') response.writeHead(307, { location: other }).end();
    else response.end(String(headers.authorization));
  });
  const written = site.replace('//', '//app:hunter%402@');
  const here = await runProbe('http', { url: written });
  expect(here.result.body).toBe(`Basic ${Buffer.from('app:hunter@2').toString('base64')}`);
  const away = await runProbe('http', { url: `${written}/away`, redirects: 1 });
  expect(away.result).toMatchObject({ status: 200, redirects: 1, body: 'undefined' });
});

test('redirects are an answer unless they may be followed', async () => {
  const site = await serve(({ url }, response) => {
    const left = Number(url?.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
    else response.end('here');
  });
  expect((await runProbe('http', { url: `${site}/2` })).result).toMatchObject({
    status: 302,
    headers: { location: '/1' },
    redirects: 0,
  });
  const followed = await runProbe('http', { url: `${site}/2`, redirects: 5 });
  expect(followed.result).toMatchObject({ status: 200, body: 'here', redirects: 2 });
  const few = await runProbe('http', { url: `${site}/3`, redirects: 1 });
  expect(few.result).toMatchObject({ status: 302, redirects: 1 });
});

test('of a long page the beginning is kept, of one that is no text nothing', async () => {
  const site = await serve(({ url }, response) => {
    response.end(url === '/long' ? '€'.repeat(100_000) : Buffer.from([0, 1, 2]));
  });
  const { result } = await runProbe('http', { url: `${site}/long` });
  expect(result).toMatchObject({ body: '€'.repeat(682), body_truncated: true });
  const endless = await serve((_, response) => void response.write('x'.repeat(3_000)));
  const began = await runProbe('http', { url: endless }, { timeoutMs: 60_000 });
  expect(began.result).toMatchObject({ body: 'x'.repeat(2_048), body_truncated: true });
  const binary = await runProbe('http', { url: `${site}/binary` });
  expect(binary.result).toMatchObject({ body: null, body_truncated: false });
});

describe('TLS', () => {
  const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
  const good = makeCertificate({ name: 'web', names: ['127.0.0.1'], issuer: authority });
  const expired = makeCertificate({
    name: 'web',
    names: ['127.0.0.1'],
    issuer: authority,
    from: -9,
    until: -1,
  });

  test('is verified', async () => {
    const port = await listen(createHttpsServer(good, (_, response) => response.end('safe')));
    const url = `https://127.0.0.1:${port}/`;
    const { result } = await runProbe('http', { url, ca: authority.cert });
    expect(result).toMatchObject({ body: 'safe', stages: { tls: expect.any(Number) } });
    const unknown = await runProbe('http', { url });
    expect(unknown.error).toMatchObject({ kind: 'tls', phase: 'tls' });
    expect(unknown.result).toMatchObject({ status: null, failed_stage: 'tls' });
  });

  test('fails for an expired certificate', async () => {
    const port = await listen(createHttpsServer(expired, (_, response) => response.end()));
    const { error } = await runProbe('http', {
      url: `https://127.0.0.1:${port}/`,
      ca: authority.cert,
    });
    expect(error).toMatchObject({ kind: 'tls', phase: 'tls', code: 'CERT_HAS_EXPIRED' });
  });

  test('is not spoken by a server in the clear', async () => {
    const site = await serve((_, response) => response.end());
    const { error } = await runProbe('http', { url: site.replace('http:', 'https:') });
    expect(error).toMatchObject({ kind: 'unexpected', phase: 'tls' });
  });
});

describe('a server that does not answer says how', () => {
  test.each([
    ['nothing listens', async () => `http://127.0.0.1:${await closedPort()}`, 'refused', 'tcp'],
    ['no such host', async () => 'http://no-such-host.invalid', 'dns', 'dns'],
    ['silence', async () => `http://127.0.0.1:${await endpoint(() => {})}`, 'timeout', 'query'],
    [
      'a close',
      async () =>
        `http://127.0.0.1:${await endpoint((socket) => socket.once('data', () => socket.end()))}`,
      'reset',
      'query',
    ],
    [
      'another service',
      async () =>
        `http://127.0.0.1:${await endpoint((socket) => socket.once('data', () => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')))}`,
      'unexpected',
      'query',
    ],
    [
      'a page without an end',
      () => serve((_, response) => void response.write('so far')),
      'timeout',
      'query',
    ],
  ])('%s', async (_, start, kind, phase) => {
    const { error } = await runProbe('http', { url: await start() }, { timeoutMs: 400 });
    expect(error).toMatchObject({ kind, phase });
  });

  test.each(['hunter2', 'ftp://127.0.0.1/', 'postgres://app:hunter2@db1/'])(
    '%s is no web address',
    async (url) => {
      const { error } = await runProbe('http', { url });
      expect(error).toMatchObject({ kind: 'config' });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    },
  );
});
