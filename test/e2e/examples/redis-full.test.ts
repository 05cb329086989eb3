import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { because } from '../../support/because.ts';
import { solveExample } from './solved-example.ts';

const PASSWORD = 'a secret of the test';

let port: number;

/** `sh bin/test-servers.sh` installs it. */
const missing = ((): string | undefined => {
  try {
    execFileSync('redis-server', ['--version']);
    execFileSync('redis-cli', ['--version']);
    return undefined;
  } catch (error) {
    return `Redis is not installed: ${error}`;
  }
})();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function redis(args: readonly string[], input = ''): string {
  const env = { ...process.env, REDISCLI_AUTH: PASSWORD };
  return execFileSync('redis-cli', ['-p', String(port), ...args], { env, input, encoding: 'utf8' });
}

/** Starts a Redis of 4 MiB that writes nothing to the disk and rejects writes when it is full. */
async function startRedis(): Promise<void> {
  port = await freePort();
  const limit = ['--maxmemory', '4mb', '--maxmemory-policy', 'noeviction', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', PASSWORD, ...limit];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (data: Buffer) => {
      said += String(data);
      if (said.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(`Redis does not start: ${said}`)));
  });
}

/** Writes keys of a cache and some sessions until Redis takes no more. */
function fillIt(): void {
  const value = 'x'.repeat(20_000);
  const sessions = Array.from({ length: 20 }, (_, at) => `SET session:${at} kim\n`);
  const cache = Array.from({ length: 400 }, (_, at) => `SET cache:${at} ${value}\n`);
  expect(redis([], [...sessions, ...cache].join(''))).toContain('OOM');
}

function isWritable(): boolean {
  return !redis(['set', 'order:1', 'x'.repeat(20_000)]).includes('OOM');
}

beforeEach(async () => {
  await startRedis();
});

test.skipIf(missing !== undefined)(
  `exactly the keys of a pattern that were shown are deleted, and writes work again${because(missing)}`,
  async () => {
    fillIt();
    const { outcome, findings, path, kim, printed } = await solveExample(
      'redis-full',
      { port: String(port) },
      {
        choose: { answer: 'delete keys by pattern' },
        which_keys: { answer: 'cache:*' },
        delete_keys: { confirm: true },
      },
      { REDIS_PASSWORD: PASSWORD },
    );
    expect({ outcome, path: path.slice(-4) }).toEqual({
      outcome: 'resolved',
      path: ['choose', 'which_keys', 'delete_keys', 'has_room'],
    });
    expect(findings).toEqual([
      'Redis is full, and its policy noeviction rejects writes.',
      expect.stringMatching(
        /Biggest string found .*cache:\d+.* \d+ bytes\. The most .*\d+ cache, 20 session/,
      ),
    ]);
    expect(redis(['--scan', '--pattern', 'cache:*']).trim()).toBe('');
    expect(redis(['--scan', '--pattern', 'session:*']).trim().split('\n')).toHaveLength(20);
    expect(isWritable()).toBe(true);
    const [gate] = kim.events('gate.opened');
    expect(gate?.preview?.rows.length).toBeGreaterThan(100);
    expect(printed + JSON.stringify(kim.journal())).not.toContain(PASSWORD);
  },
);

test.skipIf(missing !== undefined)(
  `with another policy Redis makes room itself${because(missing)}`,
  async () => {
    fillIt();
    expect(isWritable()).toBe(false);
    const { outcome } = await solveExample(
      'redis-full',
      { port: String(port) },
      { choose: { answer: 'let Redis evict keys' }, evict: { confirm: true } },
      { REDIS_PASSWORD: PASSWORD },
    );
    expect(outcome).toBe('resolved');
    expect(isWritable()).toBe(true);
  },
);

test.skipIf(missing !== undefined)(
  `with a wrong password nothing is claimed about the memory${because(missing)}`,
  async () => {
    const { outcome, path, findings } = await solveExample(
      'redis-full',
      { port: String(port) },
      {},
      { REDIS_PASSWORD: 'not this one' },
    );
    expect({ outcome, path: path.at(-1) }).toEqual({ outcome: 'unresolved', path: 'not_read' });
    expect(findings).toEqual([
      expect.stringContaining('The memory of Redis could not be read: exit 1: AUTH failed'),
    ]);
  },
);
