import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingEngine } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { startLab } from '#lab/setup/start-lab.ts';
import { limitPool, RECYCLE_PATH, replacePool, STALE_PATH, solveState } from './state-faults.ts';

describe.skipIf(await missingEngine('mariadb'))('on MariaDB', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab('mariadb');
  });
  afterAll(() => lab?.close());

  test('a pool whose sessions were ended is replaced', async () => {
    const solved = await solveState(lab, 'stale-terminated', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toMatch(/[1-9]\d* KILL statements/);
    expect(solved.findings.join('\n')).toMatch(/Two possible causes: the server started \d+ s ago/);
  });

  test('a pool from before a restart is replaced', async () => {
    const solved = await solveState(lab, 'stale-restarted', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toMatch(/The server started \d+ s ago/);
  });

  test('a pool that keeps sessions for longer than the server is told for how long', async () => {
    const solved = await solveState(lab, 'stale-idle-cut', limitPool);
    expect(solved.path).toEqual([...STALE_PATH, 'set_lifetime', ...RECYCLE_PATH]);
    expect(solved.findings.join('\n')).toContain('idle for 1 s (wait_timeout)');
    expect(solved.printed).toMatch(/longest idle time to\s+0\.5 s/);
  });

  test('a server that follows nobody is let take changes', async () => {
    const solved = await solveState(lab, 'read-only-setting', () => ({
      primary_alive: { answer: 'no: the old primary is stopped for good' },
      stop_following: { confirm: true },
    }));
    expect(solved.path).toEqual([
      ...['login', 'variables', 'replica', 'primary', 'primary_alive'],
      ...['stop_following', 'writes', 'resolved'],
    ]);
    expect(solved.findings.slice(1, 3)).toEqual([
      'read_only = ON.',
      'It follows no source. Somebody has set read_only, or a failover tool did.',
    ]);
  });

  test('after a deploy the sessions of instances that are gone are ended one by one', async () => {
    const solved = await solveState(lab, 'stale-after-deploy', (fault) => ({
      ...replacePool(fault, 'recycle-busy-pool'),
      gone: { answer: '127.0.0.1' },
      end_orphan: [{ confirm: true }, { confirm: true }, { confirm: true }],
    }));
    expect(solved.path.filter((step) => step === 'end_orphan')).toHaveLength(3);
    expect(solved.path.slice(-4)).toEqual(['orphans', 'errors', 'again', 'resolved']);
  });
});
