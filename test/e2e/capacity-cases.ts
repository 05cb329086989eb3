import { expect, test } from 'vitest';
import { byHand, type CapacityLab } from './capacity-faults.ts';

/** The answer that confirms a gate. */
export const CONFIRM = { confirm: true } as const;

/** Tests that a server full of sessions is freed, the same on every engine. */
export function testFullServers(lab: CapacityLab): void {
  const on = test.skipIf(lab.missing !== undefined);

  on('idle sessions that fill the server are ended, and only those', async () => {
    const run = await lab.solved('full-of-idle', {
      inputs: { instances: '3', pool_size: '2', overflow: '1' },
      answers: () => ({ end_idle: [CONFIRM, CONFIRM] }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.path.slice(0, 5)).toEqual([
      'app_login',
      'capacity',
      'holders',
      'causes',
      'end_idle',
    ]);
    expect(run.findings.join('\n')).toMatch(/the server is full/);
    expect(run.findings.at(-1)).toMatch(
      /^3 instances × \(2 \+ 1\) = 9 of \d\d usable slots: below 80 %/,
    );
  });

  on(
    'forgotten transactions that fill the server are ended, and who waits behind them is served',
    async () => {
      const run = await lab.solved('full-of-idle-in-transaction', {
        answers: () => ({ end_transactions: [CONFIRM, CONFIRM] }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.path).toEqual(
        expect.arrayContaining(['causes', 'transactions', 'end_transactions']),
      );
      expect(run.path).not.toContain('end_idle');
    },
  );

  on('of a server full of waiters only the one at the root is ended', async () => {
    const run = await lab.solved('full-of-lock-waiters', {
      answers: () => ({
        end_transactions: [CONFIRM, CONFIRM],
        // On a busy machine those that waited may still be at work when the slots are counted.
        shed_load: { done: 'the waiters finish their orders' },
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.findings.join('\n')).toMatch(/is idle in transaction for .* and blocks/);
  });
}

/** Tests that the pool of an application is mended, the same on every engine. */
export function testPools(lab: CapacityLab): void {
  const on = test.skipIf(lab.missing !== undefined);

  on('forgotten transactions are found as a leak, ended, and kept from coming back', async () => {
    const run = await lab.solved('full-of-idle-in-transaction', {
      runbook: 'connection-leak',
      answers: () => ({
        end_transactions: [CONFIRM, CONFIRM],
        set_timeout: CONFIRM,
        owner_fix: { done: 'shop-web is rolled back' },
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.path).toEqual(
      expect.arrayContaining(['holders', 'transactions', 'set_timeout', 'leaks_left']),
    );
  });

  on('a pool that leaks is told from a full server, and mended by a restart', async () => {
    const run = await lab.solved('app-pool-leak', {
      answers: (made) => ({
        application_pool: { done: 'all 5 are checked out' },
        restart_app: byHand(made, 'restart-application'),
        pool_served: { done: 'both pages work' },
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.findings.join('\n')).toMatch(/5 have been idle for more than 2s .* it leaks/);
  });

  on('a pool that is too small is given what the server has to spare', async () => {
    const run = await lab.solved('app-pool-too-small', {
      inputs: { instances: '1' },
      answers: (made) => ({
        application_pool: { done: 'both are checked out, 8 wait' },
        ask_pool_size: { answer: '2' },
        raise_pool: byHand(made, 'raise-pool-size'),
        pool_served: { done: 'both pages work' },
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.findings.join('\n')).toMatch(/1 instances × \(2 \+ 0\) = 2 of \d+ usable slots/);
  });
}
