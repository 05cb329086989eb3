import { expect, test } from 'vitest';
import { CONFIRM, testPools } from './capacity-cases.ts';
import { capacityLab } from './capacity-faults.ts';

const lab = await capacityLab('mariadb');
const on = test.skipIf(lab.missing !== undefined);

testPools(lab);

on('pool-exhausted ends the idle sessions of a full server here as well', async () => {
  const run = await lab.solved('full-of-idle', {
    runbook: 'pool-exhausted',
    answers: () => ({ terminate_idle: [CONFIRM, CONFIRM] }),
  });
  expect(run.outcome).toBe('resolved');
  expect(run.path).toContain('terminate_idle');
});
