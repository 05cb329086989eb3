import type { Client } from '../../client.ts';
import { MYSQL_SERVERS, SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { isMysql, isPostgres, type Lab, MAX_CONNECTIONS, superuserUrl } from '../../setup/lab.ts';
import { idleFor, makeCapacityFault, openUntilRefused } from './fault.ts';

const IDLE_SECONDS = 2;
const THRESHOLDS = {
  idle_for: `${IDLE_SECONDS}s`,
  idle_in_transaction_for: `${IDLE_SECONDS}s`,
};
const PATIENT_MS = 120_000;
const TAKE_PRODUCT = 'UPDATE product SET stock = stock - 1 WHERE id = 7';
const WAIT_FOR_PRODUCT = 'UPDATE product SET stock = stock + 1 WHERE id = 7';

/** A server whose ordinary slots are taken by idle sessions. */
const FULL_OF_IDLE: FaultKind = {
  name: 'full-of-idle',
  title: 'Idle sessions take every connection of the server',
  engines: SERVERS,
  make(lab) {
    let idle: readonly Client[] = [];
    return makeCapacityFault(lab, {
      describe:
        'The server has 20 connections. shop-web has opened one for every request and closed none.',
      inputs: THRESHOLDS,
      async make() {
        const { sessions, refusal } = await openUntilRefused(async () => {
          const session = await lab.open();
          await session.ask('SELECT id, name FROM product WHERE stock > 0 LIMIT 20');
          return session;
        });
        idle = sessions;
        await idleFor(IDLE_SECONDS);
        return refusal;
      },
      facts: () => ({
        idle: idle.length,
        idle_ended: idle.filter((session) => session.isLost()).length,
      }),
      undo: () => Promise.all(idle.map((session) => session.end())),
    });
  },
};

/** A server whose ordinary slots are taken by abandoned transactions. */
const FULL_OF_IDLE_IN_TRANSACTION: FaultKind = {
  name: 'full-of-idle-in-transaction',
  title: 'Abandoned transactions take every connection of the server',
  engines: SERVERS,
  make: (lab) =>
    makeTransactions(lab, {
      describe:
        'The server has 20 connections. shop-web has begun a transaction on every one it could get and ended none; shop-checkout waits for a row that one of them holds.',
      more: async () => forget(lab, 'SELECT count(*) FROM product WHERE stock > 0'),
    }),
};

/** A server whose ordinary slots are taken by sessions that wait for one abandoned transaction. */
const FULL_OF_LOCK_WAITERS: FaultKind = {
  name: 'full-of-lock-waiters',
  title: 'Sessions that wait for a lock take every connection of the server',
  engines: SERVERS,
  make: (lab) =>
    makeTransactions(lab, {
      describe:
        'The server has 20 connections. One transaction of shop-web holds a row and is abandoned; all other sessions wait for that row.',
      more: (wait) => wait(),
    }),
};

type Crowd = {
  readonly describe: string;
  /** Opens one more session; `wait` opens one that waits for the row. */
  more(wait: () => Promise<Client>): Promise<Client>;
};

function makeTransactions(lab: Lab, crowd: Crowd): Promise<MadeFault> {
  const waiters: Waiter[] = [];
  const held: Client[] = [];
  const wait = async () => {
    const session = await lab.open(lab.urls.shop, { name: 'shop-checkout', withinMs: PATIENT_MS });
    // MariaDB and MySQL give up after 50 s by default, before a slow operator has acted.
    if (!isPostgres(lab)) await session.ask('SET SESSION innodb_lock_wait_timeout = 600');
    waiters.push(waitForProduct(session));
    return session;
  };
  return makeCapacityFault(lab, {
    describe: crowd.describe,
    inputs: THRESHOLDS,
    async make() {
      held.push(await forget(lab, TAKE_PRODUCT), await wait());
      const { sessions, refusal } = await openUntilRefused(() => crowd.more(wait));
      held.push(...sessions);
      await idleFor(IDLE_SECONDS);
      return refusal;
    },
    lost: () =>
      waiters
        .filter(({ end }) => end === 'lost')
        .map(() => 'a session of shop-checkout was ended as it waited'),
    facts: () => ({
      forgotten_ended: held.filter((session) => session.isLost()).length,
      waiters_served: waiters.filter(({ end }) => end === 'served').length,
    }),
    async undo() {
      // The blocking transaction first: a waiting session cannot end cleanly.
      for (const session of held) await session.end();
      if (isPostgres(lab)) await lab.admin('ALTER ROLE shop RESET ALL');
      else if (lab.engine === 'mariadb') await lab.admin('SET GLOBAL idle_transaction_timeout = 0');
    },
  });
}

async function forget(lab: Lab, statement: string): Promise<Client> {
  const session = await lab.open();
  await session.ask('BEGIN');
  await session.ask(statement);
  return session;
}

type Waiter = { end: 'waits' | 'served' | 'lost' };

/** Starts a request that waits for the row, and ends its session once it has it. */
function waitForProduct(session: Client): Waiter {
  const waiter: Waiter = { end: 'waits' };
  void session
    .ask(WAIT_FOR_PRODUCT)
    .then(
      () => {
        waiter.end = 'served';
      },
      () => {
        waiter.end = 'lost';
      },
    )
    .then(() => session.end());
  return waiter;
}

/** A MariaDB or MySQL with every connection in use, even the administrator's: error 1040 for everyone. */
const MYSQL_MAX_CONNECTIONS: FaultKind = {
  name: 'mysql-max-connections',
  title: 'max_connections is reached, and the administrator is refused as well',
  engines: MYSQL_SERVERS,
  async make(lab) {
    if (!isMysql(lab)) throw new TypeError(`${lab.engine} has no extra port`);
    const root = superuserUrl(lab);
    const extra = changedUrl(root, { port: lab.extraPort });
    let held: readonly Client[] = [];
    return makeCapacityFault(lab, {
      describe: `The server has ${MAX_CONNECTIONS} connections, and the one more that an administrator gets is taken too. Port ${lab.extraPort} is ${lab.engine === 'mysql' ? 'its admin_port' : 'its extra_port'}.`,
      inputs: { reserve_url: extra },
      async make() {
        const ordinary = await openUntilRefused(() => lab.open());
        const administrators = await openUntilRefused(() => lab.open(root));
        held = [...ordinary.sessions, ...administrators.sessions];
        return ordinary.refusal;
      },
      lost: () =>
        held.filter((session) => session.isLost()).map(() => 'a session of shop-web was ended'),
      async undo() {
        await Promise.all(held.map((session) => session.end()));
        await lab.admin(`SET GLOBAL max_connections = ${MAX_CONNECTIONS}`);
      },
    });
  },
};

/** Faults of a server without a free connection. */
export const SERVER_FULL_FAULTS = [
  FULL_OF_IDLE,
  FULL_OF_IDLE_IN_TRANSACTION,
  FULL_OF_LOCK_WAITERS,
  MYSQL_MAX_CONNECTIONS,
];
