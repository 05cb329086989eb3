import pg from 'pg';
import { environmentError, messageOf } from '#errors.ts';
import { askOnce, type ClientRow } from '../../client.ts';
import type { ByHand, FaultKind, MadeFault } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { type PgbouncerLab, POOLER_LIMITS } from '../../setup/lab.ts';
import { askAnew, isServed, once, openBystanders, untilTrue } from '../workload/sessions.ts';

/** The parts in which the faults of the pooler differ. */
type PoolerFault = Pick<MadeFault, 'describe' | 'complaint' | 'check'> & {
  readonly heldFor?: string;
  readonly byHand?: readonly ByHand[];
  undo(): Promise<void>;
};

/** A fault of the lab's pooler; `make` creates it. */
function poolerFault(
  name: string,
  title: string,
  make: (lab: PgbouncerLab) => Promise<PoolerFault>,
): FaultKind {
  return {
    name,
    title,
    engines: ['pgbouncer'],
    async make(lab) {
      if (lab.engine !== 'pgbouncer') throw environmentError('this fault needs a pooler');
      const { heldFor = '1s', byHand = [], undo, ...fault } = await make(lab);
      return {
        ...{ layer: 'pool', runbook: 'pgbouncer', byHand, ...fault },
        // The URLs through the pooler, past it, and to its console.
        inputs: {
          database_url: lab.urls.shop,
          admin_url: changedUrl(lab.urls.oncall, { port: lab.server.port }),
          console_url: lab.consoleUrl,
          held_for: heldFor,
        },
        appUrl: () => lab.urls.shop,
        undo: once(undo),
      };
    },
  };
}

/** Runs a command on the pooler's console, which has its own commands and no SQL. */
function askConsole(lab: PgbouncerLab, command: string): Promise<readonly ClientRow[]> {
  return askOnce(lab.consoleUrl, command, { name: 'lab' });
}

/** Abandoned transactions hold every server connection of the pool, and all other clients wait. */
const POOLER_SATURATED = poolerFault(
  'pooler-saturated',
  'Abandoned transactions hold every server connection of the pooler',
  async (lab) => {
    const bystanders = await openBystanders(lab);
    const holders = await Promise.all(
      Array.from({ length: POOLER_LIMITS.pool }, () =>
        lab.open(lab.urls.shop, { name: 'shop-backoffice' }),
      ),
    );
    for (const holder of holders) {
      await holder.ask('BEGIN');
      await holder.ask('SELECT count(*) FROM product');
    }
    return {
      heldFor: '0s',
      describe: `PgBouncer has ${POOLER_LIMITS.pool} connections to the server, and shop-backoffice holds all of them in open transactions.`,
      complaint: 'FATAL:  query_wait_timeout',
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        // A session that waits for the pool is not lost: query it only when there is room.
        const collateral = read === 'works' ? await bystanders.lost() : [];
        const holding = holders.filter((holder) => !holder.isLost()).length;
        return { gone: read === 'works', collateral, facts: { read, holding } };
      },
      async undo() {
        for (const holder of holders) await holder.end();
        await bystanders.end();
      },
    };
  },
);

/** The pooler was paused for maintenance and never resumed. */
const POOLER_PAUSED = poolerFault('pooler-paused', 'The pooler is paused', async (lab) => {
  const bystanders = await openBystanders(lab);
  await askConsole(lab, 'PAUSE shop');
  return {
    describe: 'The database shop is paused in PgBouncer; the server behind it is healthy.',
    complaint: 'error: query_wait_timeout (08P01)',
    async check() {
      const read = await askAnew(lab, ['SELECT count(*) FROM product']);
      const collateral = read === 'works' ? await bystanders.lost() : [];
      return { gone: read === 'works', collateral, facts: { read } };
    },
    async undo() {
      await askConsole(lab, 'RESUME shop').catch(() => {});
      await bystanders.end();
    },
  };
});

/** The server behind the pooler is down; the pooler runs and its clients wait. */
const POOLER_BACKEND_DOWN = poolerFault(
  'pooler-backend-down',
  'Nothing listens behind the pooler',
  async (lab) => {
    const idle = await lab.open(lab.urls.shop, { name: 'shop-checkout' });
    await idle.ask('SELECT 1');
    let runs = false;
    const start = async () => {
      if (!runs) await lab.server.restart();
      runs = true;
    };
    await lab.server.stop('fast');
    return {
      describe: 'PgBouncer runs, and the PostgreSQL behind it has been stopped.',
      complaint:
        'WARNING server login failed: connect failed; closing because: connect failed (age=0s) pgbouncer',
      byHand: [{ name: 'start-database', title: 'Start the server behind the pooler', do: start }],
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        const lost = read === 'works' && !(await isServed(idle));
        return {
          gone: read === 'works',
          collateral: lost ? ['a healthy session of the shop was ended'] : [],
          facts: { read },
        };
      },
      async undo() {
        await start();
        // The pooler retries its server only once a second.
        await untilTrue(async () => (await askAnew(lab, ['SELECT 1'])) === 'works');
        await idle.end();
      },
    };
  },
);

/** The bystanders of the shop and of the operator on call also use the pooler. */
const BYSTANDERS = 2;

/** Idle clients take every client connection of the pooler, while the server is idle. */
const POOLER_CLIENT_LIMIT = poolerFault(
  'pooler-client-limit',
  'The pooler accepts no more clients',
  async (lab) => {
    const bystanders = await openBystanders(lab);
    const workers = await Promise.all(
      Array.from({ length: POOLER_LIMITS.clients - BYSTANDERS }, () =>
        lab.open(lab.urls.shop, { name: 'shop-worker' }),
      ),
    );
    return {
      describe: `PgBouncer takes ${POOLER_LIMITS.clients} clients, and shop-worker holds ${workers.length} of them idle.`,
      complaint: 'FATAL:  no more connections allowed (max_client_conn)',
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        const served = await Promise.all(workers.map((worker) => isServed(worker)));
        const lost = served.filter((ok) => !ok).length;
        return {
          gone: read === 'works',
          collateral: [
            ...(await bystanders.lost()),
            ...(lost > 0 ? [`${lost} sessions of shop-worker were ended`] : []),
          ],
          facts: { read, workers: workers.length },
        };
      },
      async undo() {
        await askConsole(lab, `SET max_client_conn = ${POOLER_LIMITS.clients}`);
        for (const worker of workers) await worker.end();
        await bystanders.end();
      },
    };
  },
);

const WITHIN_MS = 3_000;

/**
 * The application uses named prepared statements, and the pooler switches its server connection.
 */
const POOLER_PREPARED_STATEMENTS = poolerFault(
  'pooler-prepared-statements',
  'Prepared statements are lost between transactions',
  async (lab) => {
    const bystanders = await openBystanders(lab);
    let prepares = true;
    return {
      describe:
        'PgBouncer pools transactions, and the shop uses statements that it has prepared in an earlier one.',
      complaint: 'error: prepared statement "product_by_id" does not exist (26000)',
      byHand: [
        {
          name: 'turn-off-prepared-statements',
          title: 'Deploy the shop without named prepared statements',
          async do() {
            prepares = false;
          },
        },
      ],
      async check() {
        const read = await readTwice(lab.urls.shop, prepares);
        return { gone: read === 'works', collateral: await bystanders.lost(), facts: { read } };
      },
      undo: () => bystanders.end(),
    };
  },
);

/** Reads, lets another session take the server connection, and reads again. */
async function readTwice(url: string, prepares: boolean): Promise<string> {
  const settings = { connectionString: url, query_timeout: WITHIN_MS };
  const shop = new pg.Client({ ...settings, application_name: 'shop-web' });
  const other = new pg.Client({ ...settings, application_name: 'shop-checkout' });
  for (const client of [shop, other]) client.on('error', () => {});
  const read = {
    text: 'SELECT name FROM product WHERE id = $1',
    values: [1],
    ...(prepares && { name: 'product_by_id' }),
  };
  try {
    await Promise.all([shop.connect(), other.connect()]);
    await shop.query(read);
    await other.query('BEGIN');
    await shop.query(read);
    return 'works';
  } catch (error) {
    return messageOf(error);
  } finally {
    await Promise.all([shop.end(), other.end()].map((ended) => ended.catch(() => {})));
  }
}

/** Faults of a pooler in front of a server. */
export const POOLER_FAULTS: readonly FaultKind[] = [
  POOLER_SATURATED,
  POOLER_PAUSED,
  POOLER_BACKEND_DOWN,
  POOLER_CLIENT_LIMIT,
  POOLER_PREPARED_STATEMENTS,
];
