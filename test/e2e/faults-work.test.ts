import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabEngine } from '#lab/engines.ts';
import type { FaultCheck } from '#lab/fault.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { isPostgres, type Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { newOperator } from './operator.ts';
import { solve } from './solve-fault.ts';
import { byHand, type SolvedFault, solveWork } from './work-faults.ts';

/** The statement that keeps a processor busy, among those that only wait. */
const HEAVIEST = {
  postgres: "SELECT pid FROM pg_stat_activity WHERE query LIKE '%product e' AND state = 'active'",
  mariadb: "SELECT id AS pid FROM information_schema.processlist WHERE info LIKE '%product e'",
} as const;

type Case = {
  readonly fault: string;
  readonly title: string;
  readonly solve: (lab: Lab) => Promise<SolvedFault>;
  readonly path: readonly string[];
  /** Where MariaDB goes another way, because its server does not say who holds what. */
  readonly mariadb?: readonly string[];
  /** Where MySQL goes another way. */
  readonly mysql?: readonly string[];
  /** Findings in order; there may be others between them. */
  readonly findings: readonly RegExp[];
};

/** How the sessions of the application get a limit of half a second. */
const LIMITS: Partial<Record<LabEngine, { set: string; reset: string; by: string }>> = {
  postgres: {
    set: "ALTER ROLE shop SET statement_timeout = '500ms'",
    reset: 'ALTER ROLE shop RESET statement_timeout',
    by: 'statement_timeout, set for the role',
  },
  mariadb: {
    set: 'SET GLOBAL max_statement_time = 0.5',
    reset: 'SET GLOBAL max_statement_time = 0',
    by: 'max_statement_time',
  },
  mysql: {
    set: 'SET GLOBAL max_execution_time = 500',
    reset: 'SET GLOBAL max_execution_time = 0',
    by: 'max_execution_time',
  },
};

/** The one who is in the way, as the operator has found out by asking the owners. */
const theBlocker = (_: unknown, { facts }: FaultCheck) => String(facts.blocker);

const FULL_OF_DDL_QUEUE = [
  ...[
    'app_login',
    'capacity',
    'holders',
    'spared',
    'causes',
    'transactions',
    'locks',
    'locks/server',
  ],
  ...['locks/tree', 'locks/ddl', 'locks/cancel_change', 'locks/served', 'locks/left_open'],
  ...['locks/without_change', 'locks/works_without_change', 'after_locks', 'free_slots', 'settle'],
  ...['still_free', 'served', 'resolved'],
];

const PREPARED_XA = [
  ...[
    'server',
    'tree',
    'spared',
    'candidates',
    'prepared',
    'end_prepared_xa',
    'served',
    'resolved',
  ],
];

const BY_CANDIDATES = [
  ...['server', 'tree', 'spared', 'candidates', 'root', 'end_root', 'served', 'resolved'],
];

const CASES: readonly Case[] = [
  {
    fault: 'locks-idle-blocker',
    title: 'an idle transaction that holds a row is ended, and those who waited go on',
    solve: (lab) => solveWork(lab, 'locks-idle-blocker', { end_root: { confirm: true } }),
    path: ['server', 'tree', 'root', 'end_root', 'served', 'resolved'],
    mariadb: BY_CANDIDATES,
    mysql: BY_CANDIDATES,
    findings: [/^3 sessions wait for a lock/, /is idle in it, and blocks 3 other sessions/],
  },
  {
    fault: 'locks-prepared',
    title:
      'a prepared transaction without a session is named, and ended by whoever knows its coordinator',
    solve: (lab) =>
      solveWork(lab, 'locks-prepared', (fault) => ({
        [isPostgres(lab) ? 'end_prepared' : 'end_prepared_xa']: {
          first: byHand(fault, 'roll-back-prepared'),
          done: 'it is rolled back',
        },
      })),
    path: ['server', 'tree', 'root', 'prepared', 'end_prepared', 'served', 'resolved'],
    mariadb: PREPARED_XA,
    mysql: PREPARED_XA,
    findings: [/^3 sessions wait for a lock/, /keeps its locks/],
  },
  {
    fault: 'locks-ddl-queue',
    title: 'a change of a table is taken out of the queue, and the report it waited for goes on',
    solve: (lab) =>
      solveWork(lab, 'locks-ddl-queue', {
        ddl: { answer: 'cancel the DDL statement' },
        cancel_change: { confirm: true },
        without_change: { answer: 'it works' },
      }),
    path: [
      ...['server', 'tree', 'ddl', 'cancel_change', 'served', 'left_open', 'without_change'],
      'works_without_change',
    ],
    findings: [/^4 sessions wait for a lock\. Session \d+ .* to run DDL: ALTER TABLE product/],
  },
  {
    fault: 'full-of-ddl-queue',
    title:
      'a server full of those who wait for a change is freed by taking the change out of the queue',
    solve: (lab) =>
      solveWork(lab, 'full-of-ddl-queue', {
        'locks/ddl': { answer: 'cancel the DDL statement' },
        'locks/cancel_change': { confirm: true },
        'locks/without_change': { answer: 'it works' },
      }),
    path: FULL_OF_DDL_QUEUE,
    findings: [
      /^No session has been idle in transaction .*|^1 session has been idle in transaction for more than 2s, and \d+ sessions wait for locks/,
      /sessions wait for locks, and a change of a table is among them/,
      /^\d+ sessions wait for a lock\. Session \d+ .* to run DDL: ALTER TABLE product/,
      /ordinary slots are free again, and no session waits for a lock/,
    ],
  },
  {
    fault: 'migration-half-applied',
    title: 'a migration that failed is finished by hand, and the books agree',
    solve: (lab) =>
      solveWork(lab, 'migration-half-applied', (fault) => ({
        repair: { first: byHand(fault, 'finish-migration'), done: 'column added, forced to 42' },
      })),
    path: ['tables', 'waiting', 'failed', 'repair', 'check', 'clean', 'resolved'],
    findings: [
      /schema_migrations/,
      /^No migration visible to /,
      /^Migration 42 stopped in the middle/,
    ],
  },
  {
    fault: 'migration-stale-lock',
    title: 'the lock of a migrator that is gone is released',
    solve: (lab) =>
      solveWork(lab, 'migration-stale-lock', {
        migrator_knex: { answer: 'no, it is gone' },
        release_knex: { confirm: true },
        seen: { done: 'the migrator came to its end, an order was read and one written' },
      }),
    path: [
      ...['tables', 'waiting', 'failed', 'failed_flyway', 'failed_prisma', 'knex_lock'],
      ...['migrator_knex', 'release_knex', 'check', 'seen', 'released'],
    ],
    findings: [
      /knex_migrations_lock/,
      /^No migration visible to /,
      /^The migration lock of knex is set/,
    ],
  },
  {
    fault: 'migration-blocked',
    title: 'a forgotten transaction is ended, and the migration behind it goes on',
    solve: (lab) =>
      solveWork(lab, 'migration-blocked', (fault, before) => ({
        choose: { answer: theBlocker(fault, before) },
        end_blocker: { confirm: true },
      })),
    path: [
      ...[
        'tables',
        'waiting',
        'metadata',
        'spared',
        'blocker',
        'end_blocker',
        'still_waits',
        'check',
      ],
      'resolved',
    ],
    mariadb: [
      ...[
        'tables',
        'waiting',
        'metadata',
        'spared',
        'blocker',
        'choose',
        'end_blocker',
        'still_waits',
      ],
      ...['check', 'resolved'],
    ],
    findings: [
      /to run: ALTER TABLE product/,
      /^(?:The migration waits for session \d+ .* is idle in it|The operator chose session \d+, which is not proven)/,
      /^The migration's session no longer waits/,
    ],
  },
];

/** The engines, and of the system's PostgreSQL the one fault that its own version matters to. */
const ENGINES: readonly { readonly engine: LabEngine; readonly only?: readonly string[] }[] = [
  { engine: 'postgres' },
  { engine: 'postgres-system', only: ['locks-ddl-queue'] },
  { engine: 'mariadb' },
  { engine: 'mysql' },
];

for (const { engine, only } of ENGINES) {
  const cases = CASES.filter(({ fault }) => only?.includes(fault) ?? true);
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    test.each(cases)('$title', async ({ solve, findings, ...paths }) => {
      const solved = await solve(lab);
      const own = engine === 'mariadb' || engine === 'mysql' ? paths[engine] : undefined;
      expect(solved.path).toEqual(own ?? paths.path);
      let at = 0;
      for (const finding of findings) {
        const found = solved.findings.findIndex((it, i) => i >= at && finding.test(it));
        expect({ finding, found, findings: solved.findings }).not.toMatchObject({ found: -1 });
        at = found + 1;
      }
    });

    if (engine === 'postgres')
      test('the session that the change waits for may be left alone at its gate, and the change is cancelled', async () => {
        const solved = await solveWork(lab, 'full-of-ddl-queue', {
          'locks/ddl': { answer: 'look for the blocker' },
          'locks/cancel_root': { decline: 'the report is needed' },
          'locks/other_way': { answer: 'cancel the DDL statement' },
          'locks/cancel_change': { confirm: true },
          'locks/without_change': { answer: 'it works' },
        });
        expect(solved.path).toContain('locks/other_way');
      });

    if (engine === 'postgres')
      test('the session that the change waits for is ended, which costs nothing that is healthy', async () => {
        const solved = await solveWork(lab, 'full-of-ddl-queue', {
          'locks/ddl': { answer: 'look for the blocker' },
          'locks/cancel_root': { confirm: true },
          'locks/change_ran': { answer: 'it has finished' },
        });
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/run DDL: .* Session \d+ \(shop-report\) blocks them all\.$/),
        );
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/shop-report, shop\) is active .* and blocks \d+ other sessions\./),
        );
      });

    const limit = LIMITS[engine];
    if (limit !== undefined)
      test('a limit that cancels statements before they show is named as the cause', async () => {
        await lab.admin(limit.set);
        const { shop, oncall } = lab.urls;
        const operator = newOperator({ DATABASE_URL: shop, ADMIN_DATABASE_URL: oncall });
        try {
          const solved = await solve(operator, ['run', 'slow-queries'], {});
          expect(solved.path.slice(-3)).toEqual(['look', 'own_limit', 'cancelled_soon']);
          expect(solved.findings.at(-1)).toBe(
            `A new session of shop cancels a statement after 500 ms (${limit.by}).`,
          );
        } finally {
          await lab.admin(limit.reset);
        }
      });

    if (engine === 'postgres')
      test('a table that is in another schema than the sessions look in is told from a missing migration', async () => {
        const solved = await solveWork(lab, 'migration-search-path', {}, { outcome: 'escalated' });
        expect(solved.path.slice(-2)).toEqual(['missing', 'elsewhere']);
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/^product exists in the schema public, where a session of shop /),
        );
      });

    if (engine === 'mysql')
      test('the idle session that holds the lock of all tables is named, and left to its owner', async () => {
        const solved = await solveWork(lab, 'locks-read-lock', {}, { outcome: 'escalated' });
        expect(solved.path.slice(-2)).toEqual(['root', 'protected']);
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/the lock on all tables is held by session \d+\.$/),
        );
      });

    if (engine === 'mariadb')
      test('where the server does not say who holds the lock of all tables, idle sessions are named', async () => {
        const solved = await solveWork(lab, 'locks-read-lock', {}, { outcome: 'escalated' });
        expect(solved.path.slice(-2)).toEqual(['look_twice', 'hidden_holder']);
        expect(solved.findings).toContainEqual(
          expect.stringMatching(
            /^3 sessions wait for a lock\. The server says: Waiting for backup lock\.$/,
          ),
        );
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/^Still waiting: 3\. Idle .*: .*session \d+ \(shop\)/),
        );
      });

    if (engine === 'mariadb')
      test('of two open transactions none is proven to hold the lock, and only the chosen one is ended', async () => {
        const solved = await solveWork(
          lab,
          'migration-blocked',
          (fault, before) => ({
            choose: [{ answer: '4294967295' }, { answer: theBlocker(fault, before) }],
            end_root: { confirm: true },
            change_ran: { answer: 'it has finished' },
          }),
          { runbook: 'lock-contention', leaveOut: ['expects'] },
        );
        expect(solved.path).toEqual([
          ...[
            'server',
            'tree',
            'metadata',
            'spared',
            'candidates',
            'choose',
            'choose',
            'root',
            'end_root',
          ],
          ...['served', 'change_ran', 'resolved'],
        ]);
        expect(solved.findings).toContainEqual(
          expect.stringMatching(/^2 open transactions are candidates, not proven/),
        );
      });

    if (only === undefined)
      test('statements that do not end are cancelled, and their sessions live', async () => {
        const postgres = engine !== 'mariadb' && engine !== 'mysql';
        let heaviest = '';
        const solved = await solveWork(lab, 'slow-query', {
          which: [{ answer: 'one of them' }, ...Array(2).fill({ answer: 'all of them' })],
          one: {
            first: async () => {
              const [row] = await lab.admin(HEAVIEST[postgres ? 'postgres' : 'mariadb']);
              heaviest = String(row?.pid);
            },
            get answer() {
              return heaviest;
            },
          },
          // MySQL cancels one statement at a gate.
          more: Array(2).fill({ answer: 'cancel the next ones' }),
          cancel: Array(3).fill({ confirm: true }),
          limit: { confirm: true },
          limit_by_hand: { done: 'MAX_STATEMENT_TIME 60' },
        });
        expect(solved.findings[0]).toMatch(/^3 statements have been running for more than 1s/);
        expect(solved.path.slice(0, 9)).toEqual([
          ...['server', 'look', 'which', 'one', 'cancel', 'look_again', 'more', 'look', 'which'],
        ]);
        expect(solved.findings).toContainEqual(expect.stringMatching(/^2 statements have been/));
        expect(solved.path).toContain(postgres ? 'limit' : 'limit_by_hand');
        expect(solved.after.facts).toMatchObject({ running: 0, sessions_ended: 0 });
        if (postgres)
          expect(solved.findings.at(-1)).toBe(
            'Statements of new connections of shop are cancelled after 60 seconds.',
          );
      });
  });
}
