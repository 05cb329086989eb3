import { expect, test, vi } from 'vitest';
import { capacityLab } from './capacity-faults.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const lab = await capacityLab('postgres');
const on = test.skipIf(lab.missing !== undefined);

const CONFIRM = { confirm: true } as const;

on('idle sessions that fill the server are ended, and only those', async () => {
  const run = await lab.solved('full-of-idle', {
    inputs: { instances: '3', pool_size: '2', overflow: '1' },
    answers: () => ({ end_idle: [CONFIRM, CONFIRM] }),
  });
  expect(run.outcome).toBe('resolved');
  expect(run.path.slice(0, 5)).toEqual(['app_login', 'capacity', 'holders', 'causes', 'end_idle']);
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
    answers: () => ({ end_transactions: [CONFIRM, CONFIRM] }),
  });
  expect(run.outcome).toBe('resolved');
  expect(run.findings.join('\n')).toMatch(/is idle in transaction for .* and blocks/);
});

test.skipIf(lab.missing !== undefined).each([
  ['role-limit', 'raise_role_limit', 'The role shop may have 4 connections and has 4'],
  ['database-limit', 'raise_database_limit', 'The database shop may have 4 connections and has'],
])('a %s is raised by the arithmetic of its preview', async (fault, step, finding) => {
  const run = await lab.solved(fault, { answers: () => ({ [step]: CONFIRM }) });
  expect(run.outcome).toBe('resolved');
  expect(run.path).toEqual(['app_login', 'capacity', step, 'served', 'resolved']);
  expect(run.findings[1]).toContain(finding);
});
