import { setTimeout as sleep } from 'node:timers/promises';
import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { missingFilter, startFirewall } from '../../network/firewall.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { openBystanders, untilTrue } from '../sessions.ts';
import { openApplicationPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';

/** The firewall forgets a connection after this time without a packet. */
const FORGETS_AFTER_MS = 2_000;
/** Half of it, as the runbook recommends. */
const LONGEST_IDLE_MS = FORGETS_AFTER_MS / 2;
const UNTIL_FORGOTTEN_MS = FORGETS_AFTER_MS + 500;

/** The messages of PostgreSQL's JDBC driver and MySQL's clients after a socket timeout. */
const LOST = [
  'org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend.',
  'ERROR 2013 (HY000): Lost connection to MySQL server during query',
] as const;

const KNOWN = `set known { type ipv4_addr . inet_service; flags dynamic,timeout; timeout ${FORGETS_AFTER_MS / 1_000}s; }`;

/**
 * Returns the rules of a firewall that lets a packet pass if it opens a connection or belongs to one
 * that it remembers.
 */
function forgetful(otherwise: string): readonly string[] {
  const connection = '{ ip saddr . tcp sport }';
  return [
    `tcp flags & (syn | ack) == syn add @known ${connection} accept`,
    `ip saddr . tcp sport @known update @known ${connection} accept`,
    otherwise,
  ];
}

/** Creates a fault of a firewall that forgets idle connections; `otherwise` is what becomes of their packets. */
function forgotten(
  kind: Pick<FaultKind, 'name' | 'title'>,
  otherwise: string,
  does: string,
): FaultKind {
  return {
    ...kind,
    engines: SERVERS,
    missing: missingFilter,
    async make(lab) {
      const bystanders = await openBystanders(lab);
      const firewall = await startFirewall(lab.keeper, lab.server.port);
      await firewall.filter(forgetful(otherwise), [KNOWN]);
      const { host, port } = firewall;
      const url = changedUrl(lab.urls.shop, { host, port });
      const pool = await openApplicationPool(lab, { url, withinMs: 1_000 });
      let said = '';
      await untilTrue(async () => {
        await sleep(UNTIL_FORGOTTEN_MS);
        [said = ''] = await pool.serve();
        return said !== '';
      });
      // The lab's drivers stop waiting and name no connection; others do.
      const complaint = otherwise === 'drop' ? LOST[lab.engine === 'mariadb' ? 1 : 0] : said;
      return madeStale(lab, {
        ...{ pool, bystanders, complaint },
        inputs: { database_url: url, restarted_within: '1s' },
        describe: `A firewall in front of ${host}:${port} ${does} connections without a packet for ${FORGETS_AFTER_MS} ms; the pool of shop-web keeps them forever.`,
        byHand: [
          {
            name: 'set-longest-idle',
            title:
              'Set the pool’s longest idle time below the firewall’s, and restart the application',
            async do() {
              pool.keepIdleAtMost(LONGEST_IDLE_MS);
              await pool.recycle();
              pool.startLoad();
            },
          },
        ],
        async beforeCheck() {
          await pool.pauseLoad();
          await sleep(UNTIL_FORGOTTEN_MS);
        },
        undo: () => firewall.close(),
      });
    },
  };
}

/** Faults of a firewall, NAT or load balancer that forgets idle connections. */
export const FORGOTTEN_FAULTS = [
  forgotten(
    {
      name: 'stale-firewall-drops',
      title: 'A firewall forgets idle connections and drops their packets',
    },
    'drop',
    'silently drops',
  ),
  forgotten(
    {
      name: 'stale-firewall-resets',
      title: 'A firewall forgets idle connections and resets them',
    },
    'reject with tcp reset',
    'resets',
  ),
];
