import { describe, expect, test } from 'vitest';
import { missingEngine } from '#lab/setup/engine.ts';
import { because } from '../support/because.ts';
import { byHand, type CapacityLab, capacityLab } from './capacity-faults.ts';

const CONFIRM = { confirm: true } as const;

const MYSQL_LIMITS = [
  ['user-limit', 'raise_account_limit', 'The account shop has reached its own limit'],
  ['user-limit-global', 'raise_user_limit', 'shop has reached max_user_connections'],
] as const;

/** Limits of an account or a database: the fault, the step that raises it, and what is found. */
const LIMITS = {
  postgres: [
    ['role-limit', 'raise_role_limit', 'The role shop has a limit of 4 and has 4'],
    ['database-limit', 'raise_database_limit', 'The database shop has a limit of 4 and has 4'],
  ],
  mariadb: MYSQL_LIMITS,
  mysql: MYSQL_LIMITS,
} as const;

for (const engine of ['postgres', 'mariadb', 'mysql'] as const) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    const lab = capacityLab(engine);

    test('idle sessions that fill the server are ended, and only those', async () => {
      const run = await lab.solved('full-of-idle', {
        inputs: { instances: '3', pool_size: '2', overflow: '1' },
        answers: () => ({ end_idle: [CONFIRM, CONFIRM] }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.path.slice(0, 6)).toEqual([
        'app_login',
        'capacity',
        'holders',
        'spared',
        'causes',
        'end_idle',
      ]);
      expect(run.findings.join('\n')).toMatch(/The server is full/);
      expect(run.findings.at(-1)).toMatch(
        /^3 instances × \(2 \+ 1\) = 9 of \d\d ordinary slots: below 80 %/,
      );
    });

    test('sessions younger than the limit are named, and the limit is lowered on the spot', async () => {
      const run = await lab.solved('full-of-idle', {
        runbook: 'pool-exhausted',
        inputs: { idle_for: '10m' },
        answers: () => ({ shorter_idle: { answer: '1s' }, terminate_idle: [CONFIRM, CONFIRM] }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.path.slice(0, 8)).toEqual([
        ...[
          'capacity',
          'holders',
          'spared',
          'causes',
          'shorter_idle',
          'spared',
          'causes',
          'terminate_idle',
        ],
      ]);
      expect(run.findings.join('\n')).toMatch(
        /sessions have been idle for up to 00:00:\d\d, less than idle_for \(10m\)/,
      );
    });

    test('a transaction that blocks others is offered, however young it is', async () => {
      const run = await lab.solved('full-of-lock-waiters', {
        inputs: { idle_for: '10m', idle_in_transaction_for: '10m' },
        answers: () => ({
          end_transactions: [CONFIRM, CONFIRM],
          shed_load: { done: 'the waiters finish their orders' },
        }),
      });
      expect(run.outcome).toBe('resolved');
    });

    test('forgotten transactions that fill the server are ended, and who waits behind them is served', async () => {
      const run = await lab.solved('full-of-idle-in-transaction', {
        answers: () => ({ end_transactions: [CONFIRM, CONFIRM] }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.path).toEqual(
        expect.arrayContaining(['causes', 'transactions', 'end_transactions']),
      );
      expect(run.path).not.toContain('end_idle');
    });

    test('of a server full of waiters only the one at the root is ended', async () => {
      const run = await lab.solved('full-of-lock-waiters', {
        answers: () => ({
          end_transactions: [CONFIRM, CONFIRM],
          // On a busy machine those that waited may still be at work when the slots are counted.
          shed_load: { done: 'the waiters finish their orders' },
        }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.findings.join('\n')).toMatch(/blocks .*: it has been idle in transaction for/);
    });

    test.each([...LIMITS[engine]])(
      'a %s is raised by the arithmetic of its preview',
      async (fault, step, finding) => {
        const run = await lab.solved(fault, { answers: () => ({ [step]: CONFIRM }) });
        expect(run.outcome).toBe('resolved');
        const path = ['app_login', 'capacity', step, 'waiters', 'served', 'resolved'];
        expect(run.path).toEqual(engine === 'postgres' ? path : expect.arrayContaining(path));
        expect(run.findings[1]).toContain(finding);
        expect(run.findings.join('\n')).toMatch(/was raised from 4 to [5-9]\./);
      },
    );

    test('forgotten transactions are found as a leak, ended, and kept from coming back', async () => {
      const run = await lab.solved('full-of-idle-in-transaction', {
        runbook: 'connection-leak',
        answers: () => ({
          // MySQL ends one session a statement.
          end_transactions: Array(20).fill(CONFIRM),
          set_timeout: CONFIRM,
          owner_fix: { done: 'shop-web is rolled back' },
        }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.path).toEqual(
        expect.arrayContaining(['holders', 'transactions', 'set_timeout', 'leaks_left']),
      );
    });

    test('a pool that leaks is told from a full server, and mended by a restart', async () => {
      const run = await lab.solved('app-pool-leak', {
        inputs: { idle_for: '10m', idle_in_transaction_for: '5m', unused_for: '1s' },
        answers: (made) => ({
          application_pool: { done: 'all 5 are checked out' },
          restart_app: byHand(made, 'restart-application'),
          pool_served: { done: 'both pages work' },
        }),
      });
      expect(run.outcome).toBe('resolved');
      expect(run.findings.join('\n')).toMatch(
        /[56] of 6 sessions of shop have run nothing for 1s or longer, none of them in an open/,
      );
      expect(run.findings.join('\n')).toMatch(/[1-9] of [56] unused sessions are gone/);
    });

    test('a pool that is too small is given what the server has to spare', async () => {
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
      expect(run.findings.join('\n')).toMatch(/1 instance × \(2 \+ 0\) = 2 of \d+ ordinary slots/);
    });

    if (engine !== 'postgres') testMysql(lab);
  });
}

/** Tests what only MariaDB and MySQL have: a port of its own for administrators, and pool-exhausted with KILL. */
function testMysql(lab: CapacityLab): void {
  test('a server that refuses its administrator is reached through the extra port, and gets more slots', async () => {
    const run = await lab.solved('mysql-max-connections', {
      answers: () => ({
        shorter_idle: { answer: '' },
        shed_load: { notDone: 'it is the busiest day of the year' },
        raise_max_connections: CONFIRM,
      }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.path).toEqual(
      expect.arrayContaining(['shed_load', 'more_slots', 'raise_max_connections']),
    );
    expect(run.findings.join('\n')).toMatch(
      /sessions have been idle for up to .*less than idle_for \(10m\)\. They were not selected/,
    );
    expect(run.findings.join('\n')).toMatch(/connections instead of 20 can use up to \d+ MB more/);
  });

  test('pool-exhausted ends the idle sessions of a full server here as well', async () => {
    const run = await lab.solved('full-of-idle', {
      runbook: 'pool-exhausted',
      answers: () => ({ terminate_idle: [CONFIRM, CONFIRM] }),
    });
    expect(run.outcome).toBe('resolved');
    expect(run.path).toContain('terminate_idle');
  });
}
