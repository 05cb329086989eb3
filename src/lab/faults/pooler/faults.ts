import pg from 'pg';
import { environmentError, messageOf } from '#errors.ts';
import { askOnce, type ClientRow } from '../../client.ts';
import type { ByHand, FaultCheck, FaultKind, MadeFault } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { type PgbouncerLab, POOLER_LIMITS } from '../../setup/lab.ts';
import { madeFault } from '../made-fault.ts';
import { askAnew, type Bystanders, isServed, openBystanders, untilTrue } from '../sessions.ts';

/** The parts in which the faults of the pooler differ. */
type PoolerFault = Pick<MadeFault, 'describe' | 'complaint'> & {
  readonly heldFor?: string;
  readonly byHand?: readonly ByHand[];
  readonly bystanders: Bystanders;
  /** Returns `works`, or the error of the shop. @default a new session that reads */
  readonly read?: () => Promise<string>;
  readonly lost?: () => Promise<readonly string[]>;
  readonly facts?: () => FaultCheck['facts'];
  undo(): Promise<unknown>;
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
      const fault = await make(lab);
      return madeFault(lab, {
        ...{ layer: 'pool', runbook: 'pgbouncer', ...fault },
        // The URLs past the pooler, and to its console.
        inputs: {
          admin_url: changedUrl(lab.urls.oncall, { port: lab.server.port }),
          console_url: lab.consoleUrl,
          held_for: fault.heldFor ?? '1s',
        },
        async check() {
          const read = await (fault.read?.() ?? askAnew(lab, ['SELECT count(*) FROM product']));
          const facts = { read, ...fault.facts?.() };
          return { gone: read === 'works', lost: await fault.lost?.(), facts };
        },
      });
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
      bystanders,
      facts: () => ({ holding: holders.filter((holder) => !holder.isLost()).length }),
      async undo() {
        for (const holder of holders) await holder.end();
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
    bystanders,
    undo: () => askConsole(lab, 'RESUME shop').catch(() => {}),
  };
});

/** The server behind the pooler is down; the pooler runs and its clients wait. */
const POOLER_BACKEND_DOWN = poolerFault(
  'pooler-backend-down',
  'Nothing listens behind the pooler',
  async (lab) => {
    const bystanders = await openBystanders(lab, ['shop']);
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
      bystanders,
      async undo() {
        await start();
        // The pooler retries its server only once a second.
        await untilTrue(async () => (await askAnew(lab, ['SELECT 1'])) === 'works');
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
      bystanders,
      async lost() {
        const served = await Promise.all(workers.map((worker) => isServed(worker)));
        const lost = served.filter((ok) => !ok).length;
        return lost > 0 ? [`${lost} sessions of shop-worker were ended`] : [];
      },
      facts: () => ({ workers: workers.length }),
      async undo() {
        await askConsole(lab, `SET max_client_conn = ${POOLER_LIMITS.clients}`);
        for (const worker of workers) await worker.end();
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
      bystanders,
      read: () => readTwice(lab.urls.shop, prepares),
      undo: async () => {},
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
