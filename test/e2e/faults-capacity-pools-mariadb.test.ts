import { expect, test, vi } from 'vitest';
import { byHand, capacityLab } from './capacity-faults.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const lab = await capacityLab('mariadb');
const on = test.skipIf(lab.missing !== undefined);

const CONFIRM = { confirm: true } as const;

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

on('pool-exhausted ends the idle sessions of a full server here as well', async () => {
  const run = await lab.solved('full-of-idle', {
    runbook: 'pool-exhausted',
    answers: () => ({ terminate_idle: [CONFIRM, CONFIRM] }),
  });
  expect(run.outcome).toBe('resolved');
  expect(run.path).toContain('terminate_idle');
});
