import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Client } from '#lab/client.ts';
import type { LabEngine } from '#lab/engines.ts';
import { missingFilter } from '#lab/network/firewall.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { missingSmallDisk } from '#lab/setup/small-disk.ts';
import { because } from '../support/because.ts';
import type { Answers } from './solve-fault.ts';
import {
  byHand,
  limitPool,
  RECYCLE_PATH,
  replacePool,
  STALE_PATH,
  solveState,
} from './state-faults.ts';

const noFilter = await missingFilter();
const noDisk = await missingSmallDisk();

const promote = (): Answers => ({
  primary_alive: { answer: 'no: the old primary is stopped for good' },
  promote: { confirm: true },
});

/** Starts a lab for the tests of a group, on an engine that is there. */
async function onLab(engine: LabEngine, tests: (lab: () => Lab) => void): Promise<void> {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());
    tests(() => lab);
  });
}

/** Opens a session of the application, and waits until it has been idle for some seconds. */
async function idleSession({ open, admin }: Lab): Promise<Client> {
  const session = await open();
  await vi.waitFor(
    async () => {
      const [row] = await admin(
        `SELECT time AS idle FROM information_schema.processlist WHERE id = ${session.id}`,
      );
      expect(Number(row?.idle)).toBeGreaterThanOrEqual(3);
    },
    { interval: 200 },
  );
  return session;
}

function testRestarted(lab: () => Lab): void {
  test('a pool from before a restart is replaced', async () => {
    const solved = await solveState(lab(), 'stale-restarted', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toMatch(/the server started \d+ s ago/i);
  });
}

/**
 * Tests what becomes of an application's pool; `limit` is the server's setting that cuts idle sessions, and
 * `ended` what is found when somebody has ended them.
 */
function testStalePools(lab: () => Lab, limit: string, ended: readonly RegExp[]): void {
  test('a pool whose sessions were ended is replaced', async () => {
    const solved = await solveState(lab(), 'stale-terminated', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
    for (const finding of ended) expect(solved.findings.join('\n')).toMatch(finding);
    expect(solved.summary).toContain('New connections work');
  });

  testRestarted(lab);

  test('a pool that keeps sessions for longer than the server is told for how long', async () => {
    const solved = await solveState(lab(), 'stale-idle-cut', limitPool);
    expect(solved.path).toEqual([...STALE_PATH, 'set_lifetime', ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toContain(`idle for 1 s (${limit})`);
    expect(solved.printed).toMatch(/maximum idle time to\s+0\.5 s/);
  });
}

await onLab('postgres', (lab) => {
  testStalePools(lab, 'idle_session_timeout', [/^A new connection .*works.* \d+ ms/]);

  test('a start is waited for', async () => {
    const solved = await solveState(lab(), 'not-ready-starting', () => ({}));
    expect(solved.path).toEqual(['login', 'wait_ready', 'settle', 'version', 'state', 'resolved']);
    expect(solved.findings[0]).toContain('the database system is starting up');
    expect(solved.outcome).toBe('resolved');
  });

  test('a crash is recovered from, and nobody restarts anything', async () => {
    const solved = await solveState(lab(), 'not-ready-recovery', () => ({}));
    expect(solved.path).toEqual(['login', 'wait_ready', 'settle', 'version', 'state', 'resolved']);
    expect(solved.findings[0]).toContain('A server process crashed');
  });

  test('a stop that waits for a client is brought to its end, and the server is started', async () => {
    const solved = await solveState(lab(), 'not-ready-shutting-down', (fault) => ({
      intended: { answer: 'it is not planned' },
      platform: { answer: 'something else' },
      by_hand: { first: byHand(fault, 'end-last-client'), done: 'the report is ended' },
    }));
    expect(solved.path.slice(0, 4)).toEqual(['login', 'intended', 'platform', 'by_hand']);
    expect(solved.findings[0]).toContain('The server is shutting down');
    expect(solved.outcome).toBe('resolved');
  });

  test('a standby that follows nobody is promoted when the old primary is stopped for good', async () => {
    const solved = await solveState(lab(), 'read-only-standby', promote);
    expect(solved.path).toEqual([
      ...['login', 'standby', 'primary', 'primary_alive', 'promote', 'writes', 'resolved'],
    ]);
    expect(solved.findings[1]).toContain('It follows no primary now (no receiver runs)');
  });

  test.each(['read-only-setting', 'read-only-role'])('%s is found and taken back', async (name) => {
    const solved = await solveState(lab(), name, () => ({
      allow_session: { confirm: true },
      reset_setting: { confirm: true },
    }));
    expect(solved.path).toEqual([
      'login',
      'setting',
      'allow_session',
      'reset_setting',
      'writes',
      'resolved',
    ]);
    expect(solved.findings[1]).toMatch(/is set for the (?:database|role) shop/);
  });

  test('after a deploy the sessions of instances that are gone are ended, and no others', async () => {
    const solved = await solveState(lab(), 'stale-after-deploy', (fault) => ({
      ...replacePool(fault),
      gone: { answer: 'shop-v41' },
      end_orphans: { confirm: true },
    }));
    expect(solved.path.slice(-7)).toEqual([
      'fresh',
      'gone',
      'spared',
      'end_orphans',
      'errors',
      'again',
      'resolved',
    ]);
    expect(solved.printed).toContain('shop-v41 from 127.0.0.1');
  });
});

for (const engine of ['postgres', 'postgres-system'] as const)
  await onLab(engine, (lab) => {
    test.skipIf(noDisk !== undefined)(
      `the statement whose temporary files fill the disk is cancelled${because(noDisk)}`,
      async () => {
        const solved = await solveState(lab(), 'disk-full-report', () => ({
          cancel: { confirm: true },
          writes: { answer: 'it writes again' },
        }));
        expect(solved.path).toEqual([
          ...['server', 'space', 'statements', 'cancel', 'space_again', 'writes', 'resolved'],
        ]);
        expect(solved.findings.join('\n')).toMatch(
          /shop-report \(role shop\) has 16 MB of temporary/,
        );
      },
    );
  });

for (const engine of ['postgres', 'mariadb'] as const)
  await onLab(engine, (lab) => {
    test.skipIf(noFilter !== undefined).each(['stale-firewall-drops', 'stale-firewall-resets'])(
      `%s: a pool is told for how long a firewall remembers${because(noFilter)}`,
      async (name) => {
        const solved = await solveState(lab(), name, (fault) => ({
          ...limitPool(fault),
          outlast: { done: 'the firewall forgets after 2 s; the longest idle time is 1 s' },
        }));
        expect(solved.path).toEqual([...STALE_PATH, 'outlast', ...RECYCLE_PATH]);
        expect(solved.findings.join('\n')).toContain('something on the way drops idle connections');
      },
    );
  });

await onLab('postgres-system', (lab) => {
  testRestarted(lab);

  test('a standby that follows nobody is promoted', async () => {
    const solved = await solveState(lab(), 'read-only-standby', promote);
    expect(solved.path.slice(-3)).toEqual(['promote', 'writes', 'resolved']);
  });
});

/** What is counted of sessions that somebody ended: MySQL tells only who may read its performance_schema. */
const ENDED = {
  mariadb: [/[1-9]\d* KILL statements/, /The server started \d+ s ago, and it counts \d+/],
  mysql: [/terminated sessions are not counted/, /The server started \d+ s ago/],
} as const;

for (const engine of ['mariadb', 'mysql'] as const)
  await onLab(engine, (lab) => {
    testStalePools(lab, 'wait_timeout', ENDED[engine]);

    test('a server that follows nobody is let take changes', async () => {
      const solved = await solveState(lab(), 'read-only-setting', () => ({
        primary_alive: { answer: 'no: the old primary is stopped for good' },
        stop_following: { confirm: true },
      }));
      expect(solved.path).toEqual([
        ...['login', 'variables', 'replica', 'primary', 'primary_alive'],
        ...['stop_following', 'writes', 'resolved'],
      ]);
      expect(solved.findings.slice(1, 3)).toEqual([
        'read_only = ON.',
        'It follows no source, and read_only is on: set by its configuration, an administrator or a failover tool.',
      ]);
    });

    test('after a deploy the sessions of instances that are gone are ended together', async () => {
      let kept: Client | undefined;
      const opens = async () => {
        kept = await idleSession(lab());
      };
      const solved = await solveState(lab(), 'stale-after-deploy', (fault) => ({
        ...replacePool(fault),
        // A session opened after the restart, at the same address and as idle, is of a running instance.
        gone: { first: opens, answer: '127.0.0.1' },
        end_orphans: { confirm: true },
      }));
      expect(solved.path.filter((step) => step === 'end_orphans')).toHaveLength(1);
      expect(solved.path.slice(-4)).toEqual(['end_orphans', 'errors', 'again', 'resolved']);
      expect(await kept?.ask('SELECT 1 AS alive')).toHaveLength(1);
      await kept?.end();
    });
  });

await onLab('failover', (lab) => {
  test('a proxy that leads to the old primary after a failover is led to the new one', async () => {
    const solved = await solveState(lab(), 'failover-proxy-behind', (fault) => ({
      point: { first: byHand(fault, 'lead-proxy-to-primary'), done: 'HAProxy leads to it' },
    }));
    expect(solved.path).toEqual(['login', 'standby', 'point', 'pointed', 'writes', 'resolved']);
    expect(solved.findings[1]).toMatch(/is a standby that streams from .*: that server is running/);
  });

  test('a pool from before a failover is replaced', async () => {
    const solved = await solveState(lab(), 'failover-stale-pool', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toMatch(/was a standby and was promoted at most \d+ s ago/);
  });

  test('an application that is connected to a lagging replica is led to the primary', async () => {
    const solved = await solveState(lab(), 'failover-lagging-replica', (fault) => ({
      point: { first: byHand(fault, 'correct-url'), done: 'the URL is corrected' },
      new_url: { answer: lab().urls.shop },
    }));
    expect(solved.path).toEqual([
      ...['login', 'standby', 'point', 'pointed', 'new_url', 'pointed', 'writes', 'resolved'],
    ]);
    expect(solved.findings[1]).toContain('is a primary. The application is connected to another');
  });
});
