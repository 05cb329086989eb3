import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { openExecutors } from '#steps/open-executors.ts';
import { hasMariadb } from '../../support/mysql-session.ts';

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;

  beforeAll(async () => {
    server = await startMariadb();
  });

  afterAll(() => server.stop());

  test.each(['mysql', 'mariadb', 'mysql+pymysql'])(
    'a statement runs where a %s: URL points to',
    async (scheme) => {
      const connected: string[] = [];
      const executors = openExecutors({
        targets: [{ kind: 'database', name: 'db', url: server.rootUrl.replace(/^mysql/, scheme) }],
        runId: 'r1',
        env: process.env,
        onConnected: (target, { description }) => connected.push(`${target}: ${description}`),
      });
      onTestFinished(() => executors.close());
      const action: SqlAction = {
        ...{ kind: 'sql', target: 'db', readOnly: true, timeoutMs: 5_000, origin: [] },
        ...{ text: 'SELECT CONNECTION_ID() AS id, $1 AS n', values: [7] },
      };
      const run = async () =>
        (await executors.executorFor(action)).execute(action, {
          signal: new AbortController().signal,
          onOutput: () => {},
        });
      const first = await run();
      expect(first).toMatchObject({ status: 'succeeded', result: { rows: [{ n: 7 }] } });
      expect(await run()).toEqual(first);
      expect(connected).toEqual([`db: mariadb root@127.0.0.1:${server.port}/mysql`]);
    },
  );
});
