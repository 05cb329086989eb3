import { MYSQL_SERVERS, SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab, superuserUrl } from '../../setup/lab.ts';
import { idleFor, openUntilRefused } from '../capacity/fault.ts';
import { madeFault } from '../made-fault.ts';
import {
  askAnew,
  dropColumn,
  endByForce,
  impatience,
  once,
  openBystandersAtWork,
  startWork,
  untilAsleep,
  untilWaiting,
  type WorkSession,
} from '../sessions.ts';
import { createMigrator } from './migrator.ts';

const WAITERS = 3;
/** Shorter lock waits happen on every server, so a run ignores them. */
const ABNORMAL_SECONDS = 2;
const TAKE_ONE = 'UPDATE product SET stock = stock - 1 WHERE id = 1';
const READ = 'SELECT count(*) FROM product';

/** An abandoned transaction holds a row that every order needs. */
const IDLE_BLOCKER: FaultKind = {
  name: 'locks-idle-blocker',
  title: 'An idle transaction holds a row that others wait for',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const patience = isPostgres(lab) ? [] : ['SET SESSION innodb_lock_wait_timeout = 600'];
    const blocker = await lab.open(lab.urls.shop, { name: 'shop-backoffice' });
    await blocker.ask('BEGIN');
    await blocker.ask(TAKE_ONE);
    const waiters = await startWaiters(lab, [...patience, TAKE_ONE]);
    await untilWaiting(lab, WAITERS);
    return madeFault(lab, {
      ...{ layer: 'work', runbook: 'lock-contention', bystanders },
      inputs: { admin_url: lab.urls.oncall, waiting_for: '0s' },
      describe: `shop-backoffice has changed product 1 and not committed; ${WAITERS} sessions of shop-web wait for that row.`,
      complaint: isPostgres(lab)
        ? 'ERROR: 55P03: canceling statement due to lock timeout'
        : 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction',
      async check() {
        const impatient = impatience(lab, 'innodb_lock_wait_timeout');
        const order = await askAnew(lab, [impatient, TAKE_ONE]);
        const { served, lost } = outcomeOf(waiters, 'order');
        const gone = order === 'works' && served === WAITERS;
        return { gone, lost, facts: { order, served, waiters: WAITERS } };
      },
      async undo() {
        // The blocker first: the waiting sessions can then end cleanly.
        await blocker.end();
        for (const { client } of waiters) await client.end();
      },
    });
  },
};

/** A transaction manager has prepared a transaction and died: its locks are held without a session. */
const PREPARED: FaultKind = {
  name: 'locks-prepared',
  title: 'A prepared transaction holds a row, and its session is gone',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const patience = isPostgres(lab) ? [] : ['SET SESSION innodb_lock_wait_timeout = 600'];
    const manager = await lab.open(lab.urls.shop, { name: 'shop-payment' });
    const prepare = isPostgres(lab)
      ? ['BEGIN', TAKE_ONE, "PREPARE TRANSACTION 'order-17'"]
      : ["XA START 'order-17'", TAKE_ONE, "XA END 'order-17'", "XA PREPARE 'order-17'"];
    for (const statement of prepare) await manager.ask(statement);
    await manager.end();
    const rollBack = isPostgres(lab) ? "ROLLBACK PREPARED 'order-17'" : "XA ROLLBACK 'order-17'";
    const end = once(async () => void (await lab.admin(rollBack)));
    const waiters = await startWaiters(lab, [...patience, TAKE_ONE]);
    await untilWaiting(lab, WAITERS);
    return madeFault(lab, {
      ...{ layer: 'work', runbook: 'lock-contention', bystanders },
      inputs: { admin_url: lab.urls.oncall, waiting_for: '0s' },
      describe: `shop-payment has prepared the transaction order-17, which has changed product 1, and is gone; ${WAITERS} sessions of shop-web wait for that row.`,
      complaint: isPostgres(lab)
        ? 'ERROR: 55P03: canceling statement due to lock timeout'
        : 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction',
      byHand: [
        {
          name: 'roll-back-prepared',
          title: 'Roll back the prepared transaction, as its coordinator says',
          do: end,
        },
      ],
      async check() {
        const impatient = impatience(lab, 'innodb_lock_wait_timeout');
        const order = await askAnew(lab, [impatient, TAKE_ONE]);
        const { served, lost } = outcomeOf(waiters, 'order');
        const gone = order === 'works' && served === WAITERS;
        return { gone, lost, facts: { order, served, waiters: WAITERS } };
      },
      async undo() {
        await end();
        for (const { client } of waiters) await client.end();
      },
    });
  },
};

/** Somebody has locked all tables and gone, as a backup that hangs does. */
const READ_LOCK: FaultKind = {
  name: 'locks-read-lock',
  title: 'A session that does nothing holds the lock of all tables',
  engines: MYSQL_SERVERS,
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    await lab.admin("GRANT RELOAD ON *.* TO shop@'%'");
    const holder = await lab.open(lab.urls.shop, { name: 'shop-export' });
    await holder.ask('FLUSH TABLES WITH READ LOCK');
    const waiters = await startWaiters(lab, [TAKE_ONE]);
    await untilWaiting(lab, WAITERS);
    return madeFault(lab, {
      ...{ layer: 'work', runbook: 'lock-contention', bystanders },
      inputs: { admin_url: lab.urls.oncall, waiting_for: '0s' },
      describe: `shop-export has run FLUSH TABLES WITH READ LOCK; ${WAITERS} sessions of shop-web wait to write.`,
      complaint: 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction',
      async check() {
        const order = await askAnew(lab, [impatience(lab), TAKE_ONE]);
        const { served, lost } = outcomeOf(waiters, 'order');
        const gone = order === 'works' && served === WAITERS;
        return { gone, lost, facts: { order, served, waiters: WAITERS } };
      },
      async undo() {
        await holder.end();
        for (const { client } of waiters) await client.end();
        await lab.admin("REVOKE RELOAD ON *.* FROM shop@'%'");
      },
    });
  },
};

/** A schema change waits for a long report, and every query of the table waits for the change. */
const DDL_QUEUE = ddlQueue({
  name: 'locks-ddl-queue',
  title: 'A schema change waits for a long read, and every other session waits for the change',
  async queue(lab) {
    const waiters = await startWaiters(lab, [READ]);
    await untilWaiting(lab, 1 + WAITERS);
    return {
      ...{ waiters, layer: 'work', runbook: 'lock-contention' },
      inputs: { admin_url: lab.urls.oncall, waiting_for: '0s' },
      complaint: isPostgres(lab)
        ? 'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout'
        : '1205 (HY000): Lock wait timeout exceeded; try restarting transaction (Waiting for table metadata lock)',
    };
  },
});

/** The same queue some seconds later: those who wait have taken every connection. */
const FULL_OF_DDL_QUEUE = ddlQueue({
  name: 'full-of-ddl-queue',
  title: 'Sessions that wait for a schema change take every connection of the server',
  async queue(lab) {
    const waiters: WorkSession[] = [];
    const { refusal } = await openUntilRefused(async () => {
      const waiter = await startWork(lab, 'shop-web', [READ]);
      waiters.push(waiter);
      return waiter.client;
    });
    await idleFor(ABNORMAL_SECONDS);
    return {
      ...{ waiters, layer: 'capacity', runbook: 'too-many-connections' },
      inputs: { admin_url: superuserUrl(lab), idle_in_transaction_for: `${ABNORMAL_SECONDS}s` },
      complaint: refusal,
    };
  },
});

/** The sessions that wait for a schema change, with what they make of the fault. */
type DdlQueue = Pick<MadeFault, 'layer' | 'runbook' | 'inputs' | 'complaint'> & {
  readonly waiters: readonly WorkSession[];
};

function ddlQueue(kind: {
  readonly name: string;
  readonly title: string;
  queue(lab: Lab): Promise<DdlQueue>;
}): FaultKind {
  const { name, title, queue } = kind;
  return {
    ...{ name, title, engines: SERVERS },
    async make(lab) {
      const bystanders = await openBystandersAtWork(lab);
      const migrator = await createMigrator(lab);
      const slowly = isPostgres(lab) ? 'pg_sleep(600)' : 'sleep(600)';
      const report = await startWork(lab, 'shop-report', [`SELECT ${slowly} FROM product LIMIT 1`]);
      await untilAsleep(lab, report);
      const change = 'ALTER TABLE product ADD COLUMN note varchar(40)';
      const ddl = await startWork(lab, 'shop-migrate', [change], migrator.url);
      await untilWaiting(lab, 1);
      const { waiters, ...told } = await queue(lab);
      for (const waiter of waiters) void endOnceServed(waiter);
      return madeFault(lab, {
        ...{ ...told, bystanders },
        describe: `shop-report reads product for minutes, shop-migrate waits to change that table, and ${waiters.length} sessions of shop-web wait behind it.`,
        async check() {
          const read = await askAnew(lab, [impatience(lab), READ]);
          const { served, lost } = outcomeOf(waiters, 'query');
          // The report blocks the change, and the change blocks all others: ending either is a remedy.
          const ended = report.outcome() !== 'running' && !isWaitingOrDone(ddl);
          const both = `${report.name} and ${ddl.name} were both ended, although one was enough`;
          return {
            gone: read === 'works' && served === waiters.length,
            lost: ended ? [...lost, both] : lost,
            facts: { read, served, waiters: waiters.length },
          };
        },
        async undo() {
          await endByForce(lab, [report, ddl, ...waiters]);
          await dropColumn(lab, 'note');
          await migrator.remove();
        },
      });
    },
  };
}

function isWaitingOrDone({ outcome }: WorkSession): boolean {
  return ['running', 'done'].includes(outcome());
}

async function endOnceServed({ client, served }: WorkSession): Promise<void> {
  if (await served) await client.end();
}

/** Faults of sessions that wait for a lock. */
export const LOCK_FAULTS = [IDLE_BLOCKER, PREPARED, READ_LOCK, DDL_QUEUE, FULL_OF_DDL_QUEUE];

function startWaiters(lab: Lab, statements: readonly string[]): Promise<readonly WorkSession[]> {
  return Promise.all(Array.from({ length: WAITERS }, () => startWork(lab, 'shop-web', statements)));
}

/** Returns how many waiting statements were served, and a sentence for each that failed. */
function outcomeOf(waiters: readonly WorkSession[], what: 'order' | 'query') {
  const outcomes = waiters.map(({ outcome }) => outcome());
  const failed = outcomes.filter((outcome) => !['done', 'running'].includes(outcome));
  return {
    served: outcomes.filter((outcome) => outcome === 'done').length,
    lost: failed.map((outcome) => `a waiting ${what} of shop-web failed: ${outcome}`),
  };
}
