import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '#lab/client.ts';
import { changedUrl } from '#lab/setup/changed-url.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { isMysql, type Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

const CONFIRM = { confirm: true } as const;
const IDLE_MS = 2_500;
const LIMITS = ['idle_for=1s', 'idle_in_transaction_for=1s'];

/** The sessions of a server by name; those in `holds` hold something, the others nothing. */
class Sessions {
  readonly #lab: Lab;
  readonly holds = new Map<string, Client>();
  readonly plain: Client[] = [];

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async hold(name: string, statements: readonly string[], url?: string): Promise<void> {
    const session = await this.#open(url, statements);
    this.holds.set(name, session);
  }

  async open(count: number, ...statements: readonly string[]): Promise<void> {
    for (let i = 0; i < count; i += 1) this.plain.push(await this.#open(undefined, statements));
  }

  async #open(url: string | undefined, statements: readonly string[]): Promise<Client> {
    const session = await this.#lab.open(url, { withinMs: 60_000 });
    for (const statement of statements) await session.ask(statement);
    return session;
  }

  lost(): readonly string[] {
    return [...this.holds].flatMap(([name, session]) => (session.isLost() ? [name] : []));
  }

  end(): Promise<unknown> {
    return Promise.all([...this.holds.values(), ...this.plain].map((session) => session.end()));
  }
}

let lab: Lab;
let sessions: Sessions;

afterEach(() => sessions?.end());

function run(
  runbook: string,
  inputs: readonly string[],
  answers: Answers,
  env: Readonly<Record<string, string>> = {},
): Promise<Solved> {
  const operator = newOperator({
    DATABASE_URL: lab.urls.shop,
    ADMIN_DATABASE_URL: lab.urls.oncall,
    ...env,
  });
  const given = inputs.flatMap((input) => ['--input', input]);
  return solve(operator, ['run', runbook, ...given], answers);
}

/** The roles that Barman's manual asks for: no superuser, and no replication for the copy itself. */
const BARMAN = ["CREATE ROLE barman LOGIN PASSWORD 'x'", 'GRANT pg_read_all_settings TO barman'];

for (const engine of ['postgres', 'postgres-system'] as const) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let startBackup = '';
    beforeAll(async () => {
      lab = await startLab(engine);
      const [row] = await lab.admin("SELECT current_setting('server_version_num')::int AS v");
      const isOld = Number(row?.v) < 150_000;
      const name = isOld ? 'pg_start_backup' : 'pg_backup_start';
      const types = isOld ? 'text, boolean, boolean' : 'text, boolean';
      startBackup = `SELECT ${name}('nightly', true${isOld ? ', false' : ''})`;
      await lab.admin(...BARMAN, `GRANT EXECUTE ON FUNCTION ${name}(${types}) TO barman`);
    });
    afterAll(() => lab?.close());

    async function holders(before: readonly string[] = []): Promise<void> {
      sessions = new Sessions(lab);
      const barman = changedUrl(lab.urls.shop, { user: 'barman', password: 'x' });
      // The last statement is another one: nothing but the privilege says that a backup runs.
      await sessions.hold('backup', [startBackup, 'SELECT 1', ...before], barman);
      const shop = [
        ['advisory lock', 'SELECT pg_advisory_lock(42)'],
        ['temporary tables', 'CREATE TEMPORARY TABLE basket (id int)'],
      ] as const;
      for (const [name, statement] of shop) await sessions.hold(name, [statement, ...before]);
    }

    test('pool-exhausted ends idle sessions that hold nothing, and says whom it spares', async () => {
      await holders();
      await sessions.hold('LISTEN', ['LISTEN jobs']);
      await sessions.hold('WITH HOLD', [
        'BEGIN',
        'DECLARE c CURSOR WITH HOLD FOR SELECT 1',
        'COMMIT',
        'FETCH c',
      ]);
      await sessions.open(11);
      await sleep(IDLE_MS);
      const solved = await run('pool-exhausted', [...LIMITS, 'min_free=6'], {
        terminate_idle: CONFIRM,
      });
      expect(sessions.lost(), solved.printed).toEqual([]);
      expect(solved.outcome, solved.printed).toBe('resolved');
      expect(sessions.plain.some((session) => session.isLost())).toBe(true);
      const told = solved.findings.join('\n');
      for (const [name, { id }] of sessions.holds)
        expect(told).toMatch(new RegExp(`session ${id} of [^;]*${name}`));
    });

    test('only as many idle sessions are ended as are needed: the oldest of the largest holder', async () => {
      sessions = new Sessions(lab);
      // They are older, and fewer.
      await sessions.open(4, "SET application_name = 'reports'");
      await sessions.open(12, "SET application_name = 'web'");
      await sleep(IDLE_MS);
      const solved = await run('pool-exhausted', [...LIMITS, 'min_free=2'], {
        terminate_idle: CONFIRM,
      });
      expect(solved.outcome, solved.printed).toBe('resolved');
      const reports = sessions.plain.slice(0, 4).map((session) => session.isLost());
      const web = sessions.plain.slice(4).map((session) => session.isLost());
      expect(reports).toEqual([false, false, false, false]);
      // Wanted are twice min_free, and a tenth of all slots.
      const count = web.filter(Boolean).length;
      expect(count).toBeGreaterThanOrEqual(2);
      expect(count).toBeLessThanOrEqual(6);
      expect(web).toEqual(web.map((_, index) => index < count));
    });

    test('too-many-connections spares them too', async () => {
      await holders();
      await sessions.open(13);
      await sleep(IDLE_MS);
      const solved = await run(
        'too-many-connections',
        [...LIMITS, 'min_free=2', 'instances=1', 'pool_size=1', 'overflow=0'],
        { end_idle: [CONFIRM, CONFIRM] },
      );
      expect(sessions.lost(), solved.printed).toEqual([]);
      expect(solved.outcome, solved.printed).toBe('resolved');
      expect(sessions.plain.some((session) => session.isLost())).toBe(true);
    });

    test('connection-leak ends abandoned transactions, and none that holds something', async () => {
      await holders(['BEGIN', 'SELECT 1']);
      await sessions.open(3, 'BEGIN', 'SELECT 1');
      await sleep(IDLE_MS);
      const solved = await run('connection-leak', LIMITS, {
        end_transactions: CONFIRM,
        set_timeout: { decline: 'no' },
        owner_fix: { notDone: 'later' },
      });
      expect(sessions.lost(), solved.printed).toEqual([]);
      expect(sessions.plain.every((session) => session.isLost())).toBe(true);
    });

    test('lock-contention ends no holder of a lock that holds something else', async () => {
      const UPDATE = 'UPDATE product SET stock = stock + 1 WHERE id = 7';
      sessions = new Sessions(lab);
      await sessions.hold('advisory lock', ['SELECT pg_advisory_lock(43)', 'BEGIN', UPDATE]);
      const waiter = await lab.open(undefined, { withinMs: 60_000 });
      void waiter.ask(UPDATE).catch(() => {});
      await sleep(IDLE_MS);
      const solved = await run('lock-contention', ['waiting_for=1s'], {});
      await waiter.end();
      expect(sessions.lost(), solved.printed).toEqual([]);
      expect(solved.outcome).toBe('escalated');
      expect(solved.findings.join('\n')).toContain('not ended from here: advisory lock');
    });
  });
}

/** What a session of each server can be seen to hold. */
const MYSQL_HOLDINGS = {
  mysql: [
    ['GET_LOCK', "SELECT GET_LOCK('leader', 1)"],
    ['LOCK TABLES', 'LOCK TABLES product READ'],
    ['temporary tables', 'CREATE TEMPORARY TABLE basket (id int)'],
  ],
  mariadb: [
    ['GET_LOCK', "SELECT GET_LOCK('leader', 1)"],
    ['LOCK TABLES', 'LOCK TABLES product WRITE'],
  ],
} as const;

for (const engine of ['mysql', 'mariadb'] as const) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    beforeAll(async () => {
      lab = await startLab(engine);
      if (!isMysql(lab)) throw new Error('another engine was started');
      if (engine === 'mariadb') await lab.server.restart(undefined, { performance_schema: 'ON' });
      await lab.admin(
        "UPDATE performance_schema.setup_instruments SET enabled = 'YES' WHERE name = 'wait/lock/metadata/sql/mdl'",
      );
      await lab.admin("GRANT SELECT ON performance_schema.* TO 'oncall'@'%'");
    });
    afterAll(() => lab?.close());

    test('pool-exhausted ends idle sessions that hold nothing, and says whom it spares', async () => {
      sessions = new Sessions(lab);
      for (const [name, statement] of MYSQL_HOLDINGS[engine])
        await sessions.hold(name, [statement]);
      await sessions.open(20 - sessions.holds.size);
      await sleep(IDLE_MS);
      const solved = await run('pool-exhausted', [...LIMITS, 'min_free=3'], {
        terminate_idle: Array(4).fill(CONFIRM),
      });
      expect(sessions.lost(), solved.printed).toEqual([]);
      expect(solved.outcome, solved.printed).toBe('resolved');
      expect(sessions.plain.some((session) => session.isLost())).toBe(true);
      const told = solved.findings.join('\n');
      for (const [name, { id }] of sessions.holds)
        expect(told).toMatch(new RegExp(`session ${id} of [^;]*${name}`));
    });
  });
}
