import { expect, test } from 'vitest';
import { CONFIRM, testFullServers } from './capacity-cases.ts';
import { capacityLab } from './capacity-faults.ts';

const lab = await capacityLab('mariadb');
const on = test.skipIf(lab.missing !== undefined);

testFullServers(lab);

test.skipIf(lab.missing !== undefined).each([
  ['user-limit', 'raise_account_limit', 'The account shop has a limit of its own'],
  ['user-limit-global', 'raise_user_limit', 'shop has reached max_user_connections'],
])('a %s is raised by the arithmetic of its preview', async (fault, step, finding) => {
  const run = await lab.solved(fault, { answers: () => ({ [step]: CONFIRM }) });
  expect(run.outcome).toBe('resolved');
  expect(run.path).toEqual(expect.arrayContaining(['app_login', 'capacity', step, 'served']));
  expect(run.findings[1]).toContain(finding);
});

on(
  'a server that refuses its administrator is reached through the extra port, and gets more slots',
  async () => {
    const run = await lab.solved('mysql-max-connections', {
      answers: () => ({
        shed_load: { notDone: 'it is the busiest day of the year' },
        raise_max_connections: CONFIRM,
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.path).toEqual(
      expect.arrayContaining(['shed_load', 'more_slots', 'raise_max_connections']),
    );
    expect(run.findings.join('\n')).toMatch(
      /connections in place of 20 can take up to \d+ MB more/,
    );
  },
);
