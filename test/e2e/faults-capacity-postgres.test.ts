import { expect, test } from 'vitest';
import { CONFIRM, testFullServers } from './capacity-cases.ts';
import { capacityLab } from './capacity-faults.ts';

const lab = await capacityLab('postgres');

testFullServers(lab);

test.skipIf(lab.missing !== undefined).each([
  ['role-limit', 'raise_role_limit', 'The role shop may have 4 connections and has 4'],
  ['database-limit', 'raise_database_limit', 'The database shop may have 4 connections and has'],
])('a %s is raised by the arithmetic of its preview', async (fault, step, finding) => {
  const run = await lab.solved(fault, { answers: () => ({ [step]: CONFIRM }) });
  expect(run.outcome).toBe('resolved');
  expect(run.path).toEqual(['app_login', 'capacity', step, 'served', 'resolved']);
  expect(run.findings[1]).toContain(finding);
});
