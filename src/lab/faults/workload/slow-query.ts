import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { madeFault } from '../made-fault.ts';
import { endByForce, openBystanders, startWork, untilTrue, type WorkSession } from '../sessions.ts';

const SLEEPERS = 2;
/** The threshold of this fault for a long query, with a margin. */
const LONG_MS = 1_100;
const NEVER_READY =
  'SELECT max(a.id + e.id) FROM product a, product b, product c, product d, product e';

/** A report without a condition keeps a processor busy, and others like it hold connections. */
export const SLOW_QUERY: FaultKind = {
  name: 'slow-query',
  title: 'Queries of a report never end',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const slowly = isPostgres(lab) ? 'pg_sleep(600)' : 'sleep(600)';
    const reports = await Promise.all([
      startWork(lab, 'shop-report', [NEVER_READY]),
      ...Array.from({ length: SLEEPERS }, () =>
        startWork(lab, 'shop-report', [`SELECT ${slowly} FROM product LIMIT 1`]),
      ),
    ]);
    const backup = isPostgres(lab)
      ? [await startWork(lab, 'pg_dump', ['SELECT pg_sleep(600)'], lab.urls.oncall)]
      : [];
    await untilTrue(async () => (await countRunning(lab, reports, LONG_MS)) === reports.length);
    return madeFault(lab, {
      ...{ layer: 'work', runbook: 'slow-queries', bystanders },
      inputs: { admin_url: lab.urls.oncall, longer_than: '1s' },
      describe: `${reports.length} sessions of shop-report run queries that do not end; one of them keeps a processor busy.`,
      complaint: isPostgres(lab)
        ? 'ERROR: 57014: canceling statement due to statement timeout'
        : 'ERROR 1969 (70100): Query execution was interrupted (max_statement_time exceeded)',
      async check() {
        const running = await countRunning(lab, reports);
        const ended = backup.filter(({ outcome }) => outcome() !== 'running');
        const sessions = reports.filter(({ client }) => client.isLost()).length;
        return {
          gone: running === 0,
          lost: ended.map(({ name }) => `${name} was ended, which is a backup`),
          facts: { running, reports: reports.length, sessions_ended: sessions },
        };
      },
      async undo() {
        await endByForce(lab, [...reports, ...backup]);
        if (isPostgres(lab)) await lab.admin('ALTER ROLE shop RESET statement_timeout');
      },
    });
  },
};

/** Counts the running statements in the server's own list: a driver learns of an end later. */
async function countRunning(
  lab: Lab,
  sessions: readonly WorkSession[],
  forMs = 0,
): Promise<number> {
  const ids = sessions.map(({ client }) => client.id).join(', ');
  const [row] = await lab.admin(
    isPostgres(lab)
      ? `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid IN (${ids}) AND state = 'active'
           AND query_start <= now() - ${forMs} * interval '1 ms'`
      : `SELECT count(*) AS n FROM information_schema.processlist WHERE id IN (${ids}) AND command = 'Query'
           AND ${lab.engine === 'mysql' ? `time >= ${Math.ceil(forMs / 1000)}` : `time_ms >= ${forMs}`}`,
  );
  return Number(row?.n);
}
