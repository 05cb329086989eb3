import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { because } from '../../support/because.ts';
import { type SshServer, sshd, startSshServer } from '../../support/ssh-server.ts';
import type { Answers } from '../solve-fault.ts';
import { solveExample } from './solved-example.ts';

/** Addresses of this machine that stand for three hosts, each with an sshd of its own. */
const HOSTS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

const missing = sshd === undefined ? 'there is no sshd: sh bin/test-servers.sh' : undefined;
let servers: readonly SshServer[] = [];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-hosts-'));
  if (missing === undefined) servers = await Promise.all(HOSTS.map(() => startSshServer()));
  const hosts = servers.map((server, at) =>
    [
      `Host ${HOSTS[at]}`,
      '  HostName 127.0.0.1',
      `  HostKeyAlias [127.0.0.1]:${server.port}`,
      `  Port ${server.port}`,
      `  User ${userInfo().username}`,
      `  IdentityFile ${join(server.folder, 'lab')}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${join(server.folder, 'known_hosts')}`,
    ].join('\n'),
  );
  writeFileSync(join(folder, 'config'), `${hosts.join('\n')}\n`);
  const [first] = servers;
  const ssh = first === undefined ? '' : readFileSync(join(first.folder, 'bin/ssh'), 'utf8');
  const own = ssh.replace(/-F \S+/, `-F ${join(folder, 'config')}`);
  writeFileSync(join(folder, 'ssh'), own, { mode: 0o700 });
  // The home folder tells the hosts apart, as it is that of their sshd.
  writeFileSync(join(folder, 'restart'), '#!/bin/sh\ndate > "$HOME/restarted"\n', { mode: 0o700 });
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  for (const server of servers) rmSync(join(server.folder, 'restarted'), { force: true });
});

/** When the service of a host was restarted over ssh; undefined before. */
function restartedAt(at: number): Date | undefined {
  const file = join(servers[at]?.folder ?? '', 'restarted');
  return statSync(file, { throwIfNoEntry: false })?.mtime;
}

/** Serves the health checks of all hosts on one port; `isHealthy` of a host that was restarted. */
async function serveHealth(isHealthy: (at: number) => boolean): Promise<string> {
  let port = 0;
  for (const [at, host] of HOSTS.entries()) {
    const server = createServer((_, response) => {
      const restarted = restartedAt(at);
      const started = (restarted ?? new Date(0)).toISOString();
      const status = restarted === undefined || isHealthy(at) ? 200 : 503;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ started }));
    });
    onTestFinished(() => void server.close());
    server.listen(port, host);
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  }
  return String(port);
}

function solveRestart(port: string, answers: Answers, more: Readonly<Record<string, string>> = {}) {
  const inputs = { hosts: HOSTS.join(','), port, restart: join(folder, 'restart'), ...more };
  const env = { PATH: `${folder}:${process.env.PATH}` };
  return solveExample('rolling-restart', inputs, answers, env);
}

const CONFIRM = { confirm: true } as const;

test.skipIf(missing !== undefined)(
  `hosts are restarted over ssh one after the other, each after all were healthy${because(missing)}`,
  async () => {
    const port = await serveHealth(() => true);
    const answers = { 'next_host/restart': [CONFIRM, CONFIRM, CONFIRM] };
    const { outcome, kim } = await solveRestart(port, answers);
    expect(outcome).toBe('resolved');
    const phrases = kim.events('gate.opened').map(({ phrase }) => phrase);
    expect(phrases).toEqual(HOSTS);
    const times = HOSTS.map((_, at) => restartedAt(at)?.getTime() ?? 0);
    expect(times).toEqual(times.toSorted());
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(servers.map((server) => server.logins())).toEqual([1, 1, 1]);
  },
);

test.skipIf(missing !== undefined)(
  `a restart that is declined stops before the hosts that remain, which a later run restarts${because(missing)}`,
  async () => {
    const port = await serveHealth(() => true);
    const answers = { 'next_host/restart': [CONFIRM, { decline: 'the load is too high' }] };
    const { outcome, findings, summary } = await solveRestart(port, answers);
    expect(outcome).toBe('escalated');
    expect(findings.join('\n')).toContain('127.0.0.3 was not restarted: the operator declined.');
    expect(HOSTS.map((_, at) => restartedAt(at) !== undefined)).toEqual([true, false, false]);
    const [, since = ''] = /with since=(\S+Z)\.$/.exec(summary) ?? [];
    const rest = { 'next_host/restart': [CONFIRM, CONFIRM] };
    const later = await solveRestart(port, rest, { since });
    expect(later.outcome).toBe('resolved');
    expect(later.findings[0]).toContain('Not yet restarted: 127.0.0.3, 127.0.0.4.');
  },
);

test.skipIf(missing !== undefined)(
  `a host that is not healthy stops it before anything is restarted${because(missing)}`,
  async () => {
    const port = await serveHealth(() => false);
    writeFileSync(join(servers[1]?.folder ?? '', 'restarted'), '');
    const { outcome, findings } = await solveRestart(port, {});
    expect({ outcome, findings }).toEqual({
      outcome: 'escalated',
      findings: ['Not healthy: 127.0.0.3.'],
    });
    expect(restartedAt(0)).toBeUndefined();
  },
);
