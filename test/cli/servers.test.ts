import { createServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '#lab/setup/certificate.ts';
import { newOperator } from '../e2e/operator.ts';
import { closedPort, listen } from '../support/fake-endpoints.ts';

/** Starts an HTTPS server; returns the first line that a command against it says. */
async function saidAgainst(parts: Parameters<typeof makeCertificate>[0]): Promise<string> {
  const { cert, key } = makeCertificate(parts);
  const port = await listen(createServer({ cert, key }, (_, reply) => reply.end('{}')));
  return await said(`https://127.0.0.1:${port}`);
}

async function said(url: string): Promise<string> {
  const kim = newOperator({ TOKEN: 'rbt_secret' });
  kim.writeConfig('servers.yaml', `team: { url: '${url}', token: env:TOKEN }\n`);
  const { code, stderr } = await kim.run(['runs', '--on', 'team']);
  expect(stderr).not.toContain('rbt_secret');
  expect(code).toBe(5);
  return stderr.split('\n')[0] ?? '';
}

describe('a server that cannot be trusted or reached is named with the reason', () => {
  const authority = makeCertificate({ name: 'an authority', isAuthority: true });
  const names = ['127.0.0.1'];

  test.each([
    ['signed by itself, and is not trusted here', { name: 'team', names }],
    ['signed by an authority that is not trusted here', { name: 'team', names, issuer: authority }],
  ])('its certificate is %s', async (reason, parts) => {
    const line = await saidAgainst(parts);
    expect(line).toContain(`the server team cannot be reached: its certificate is ${reason}`);
  });

  test('it does not run, or does not speak TLS', async () => {
    const port = await closedPort();
    expect(await said(`http://127.0.0.1:${port}`)).toContain('it refuses connections');
    const plain = await listen((await import('node:http')).createServer());
    expect(await said(`https://127.0.0.1:${plain}`)).toContain('it does not speak TLS');
  });
});

describe('the file of servers', () => {
  test.each([
    ['team: { url: http://runbook.example.com }', 'is not https'],
    ['team: { url: "https://me:pw@runbook.example.com" }', 'the URL contains a login'],
    ['team: { url: https://runbook.example.com, token: rbt_plain }', 'token is not a reference'],
    ['Team: { url: https://runbook.example.com }', 'lower-case letters'],
    ['team: [1]', 'team'],
  ])('%s is refused', async (text, reason) => {
    const kim = newOperator();
    kim.writeConfig('servers.yaml', text);
    const { code, stderr } = await kim.run(['attach', '--on', 'team']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    expect(stderr).not.toMatch(/rbt_plain|:pw@/);
  });

  test('a token is never an argument, and an address without https gets none', async () => {
    const kim = newOperator();
    const open = await kim.run(['login', 'http://runbook.example.com']);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('is not https')]);
    const empty = await kim.run(['login', 'https://runbook.example.com']);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('no token was given')]);
    const two = await kim.run(['login', 'https://runbook.example.com', 'rbt_secret']);
    expect(two.code).toBe(2);
  });
});

test('what a run on a server cannot have is refused before anything is sent', async () => {
  const kim = newOperator();
  const url = `http://127.0.0.1:${await closedPort()}`;
  kim.writeConfig('servers.yaml', `team: { url: '${url}', token: env:HOME }\n`);
  for (const [args, reason] of [
    [['--on', 'team'], '--on needs an environment'],
    [['--detach'], '--detach needs --on'],
    [['--on', 'team', '--env', 'prod', '--step'], '--step is not possible'],
    [['--on', 'team', '--env', 'prod', '--dir', '.'], '--dir is not possible'],
    [['--on', 'team', '--env', 'prod', '-i', 'a=file:x'], 'takes texts'],
    [['--on', 'other', '--env', 'prod'], 'configured: team'],
  ] as const) {
    const { code, stderr } = await kim.run(['run', 'pool-exhausted', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  }
});
