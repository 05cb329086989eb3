import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MysqlServer, startMysql } from '#lab/servers/mysql.ts';
import { missingEngine } from '#lab/setup/engine.ts';
import { because } from '../../support/because.ts';
import { ConfirmedRun } from '../../support/confirmed-run.ts';
import { otherClient, setUp } from '../../support/mysql-session.ts';

const missing = await missingEngine('mysql');

/** What the shipped runbooks do on MySQL, whose KILL takes no condition. */
const KILL_IDLE = `
  - id: end
    effect: destructive
    preview:
      sql: |
        SELECT id AS pid, user AS role, sec_to_time(time) AS idle, substring_index(host, ':', 1) AS client
        FROM information_schema.processlist
        WHERE command = 'Sleep' AND user = 'shop'
          AND NOT id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)
        ORDER BY time DESC, id LIMIT 1
      volatile: [idle]
    sql: KILL \${{ preview.row.pid }}
    confirm: { phrase: go on }
  - { id: after, manual: Look. }
`;

describe.skipIf(missing !== undefined)(`on MySQL${because(missing)}`, () => {
  let server: MysqlServer;
  const urlOf = (user: string) => `mysql://${user}:x@127.0.0.1:${server.port}/shop`;

  beforeAll(async () => {
    server = await startMysql();
    await setUp(server.rootUrl, [
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id int)',
      `CREATE USER shop@'%' IDENTIFIED BY 'x'`,
      `GRANT ALL ON shop.* TO shop@'%'`,
      `CREATE USER oncall@'%' IDENTIFIED BY 'x'`,
      `GRANT PROCESS, CONNECTION_ADMIN ON *.* TO oncall@'%'`,
      `GRANT SELECT ON shop.* TO oncall@'%'`,
    ]);
  });
  afterAll(() => server?.stop());

  /** InnoDB shows the same transactions for as long as somebody looks more often than every 100 ms. */
  const transactionIsSeen = async () => {
    const root = await otherClient(server.rootUrl);
    await vi.waitFor(
      async () => {
        const open = await root.ask('SELECT trx_id FROM information_schema.innodb_trx');
        expect(open).toHaveLength(1);
      },
      { timeout: 20_000, interval: 250 },
    );
  };

  test('a session that goes back to work while the gate is open is not ended', async () => {
    const worker = await otherClient(urlOf('shop'));
    const run = await ConfirmedRun.of(KILL_IDLE, urlOf('oncall'));
    const gate = await run.gate();
    await worker.ask('BEGIN');
    await worker.ask('INSERT INTO orders VALUES (1)');
    await transactionIsSeen();
    run.confirm(gate);
    await run.end();
    expect(run.view.steps.find(({ id }) => id === 'end')).toMatchObject({
      state: 'skipped',
      skippedBecause: 'every row has changed since it was shown',
      spared: [{ left: 0 }],
    });
    await worker.ask('COMMIT');
    expect(await worker.ask('SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });

  test('a session that is still idle is ended', async () => {
    const worker = await otherClient(urlOf('shop'));
    const run = await ConfirmedRun.of(KILL_IDLE, urlOf('oncall'));
    run.confirm(await run.gate());
    await run.end();
    await expect(worker.ask('SELECT 1')).rejects.toThrow();
  });
});
