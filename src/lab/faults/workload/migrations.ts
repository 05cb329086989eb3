import type { FaultKind, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { endByForce, tableOf } from './locks-ddl-queue.ts';
import { createMigrator } from './migrator.ts';
import {
  askAnew,
  once,
  openBystanders,
  openBystandersAtWork,
  startWork,
  untilWaiting,
} from './sessions.ts';

const NEW_COLUMN = 'ADD COLUMN discount_cents int';
const ASKS_FOR_IT = 'SELECT discount_cents FROM product LIMIT 1';

/** A migration failed midway: its tool marks it as dirty, and a column is missing. */
export const MIGRATION_HALF_APPLIED: FaultKind = {
  name: 'migration-half-applied',
  title: 'A migration failed halfway',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const table = inShop(lab, 'schema_migrations');
    await lab.admin(
      `CREATE TABLE ${table} (version bigint PRIMARY KEY, dirty boolean NOT NULL)`,
      `INSERT INTO ${table} VALUES (42, true)`,
      ...grants(lab, table),
    );
    return {
      ...told(lab),
      describe:
        'golang-migrate stopped in migration 42, and the column product.discount_cents is missing.',
      byHand: [
        {
          name: 'finish-migration',
          title: 'Add the column, and tell the tool that version 42 is applied',
          async do() {
            await lab.admin(
              `ALTER TABLE ${tableOf(lab)} ${NEW_COLUMN}`,
              `UPDATE ${table} SET dirty = false`,
            );
          },
        },
      ],
      async check() {
        const read = await askAnew(lab, [ASKS_FOR_IT]);
        const dirty = await lab.admin(`SELECT version FROM ${table} WHERE dirty`);
        return {
          gone: read === 'works' && dirty.length === 0,
          collateral: await bystanders.lost(),
          facts: { read, dirty: dirty.length },
        };
      },
      undo: once(async () => {
        await bystanders.end();
        await lab.admin(`DROP TABLE ${table}`, dropColumn(lab));
      }),
    } satisfies MadeFault;
  },
};

/** A migration tool was killed and left its lock behind, so no other migration starts. */
export const MIGRATION_STALE_LOCK: FaultKind = {
  name: 'migration-stale-lock',
  title: 'A migrator exited and left its lock',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const table = inShop(lab, 'knex_migrations_lock');
    await lab.admin(
      `CREATE TABLE ${table} (${isPostgres(lab) ? '"index"' : '`index`'} int PRIMARY KEY, is_locked int)`,
      `INSERT INTO ${table} VALUES (1, 1)`,
      ...grants(lab, table),
    );
    return {
      ...told(lab, false),
      describe: 'knex_migrations_lock says that a migration runs, and none does.',
      complaint:
        'Can\'t take lock to run migrations: Migration table is already locked; MigrationLocked: relation "knex_migrations_lock"',
      byHand: [],
      async check() {
        const locked = await lab.admin(`SELECT is_locked FROM ${table} WHERE is_locked = 1`);
        return {
          gone: locked.length === 0,
          collateral: await bystanders.lost(),
          facts: { locked: locked.length },
        };
      },
      undo: once(async () => {
        await bystanders.end();
        await lab.admin(`DROP TABLE ${table}`);
      }),
    } satisfies MadeFault;
  },
};

/** A migration waits for an abandoned transaction, and the deployment waits for the migration. */
export const MIGRATION_BLOCKED: FaultKind = {
  name: 'migration-blocked',
  title: 'A migration waits for an abandoned transaction',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const migrator = await createMigrator(lab);
    const blocker = await lab.open(lab.urls.shop, { name: 'shop-backoffice' });
    await blocker.ask('BEGIN');
    await blocker.ask('SELECT count(*) FROM product');
    const change = `ALTER TABLE product ${NEW_COLUMN}`;
    const migration = await startWork(lab, 'shop-migrate', [change], migrator.url);
    await untilWaiting(lab, 1);
    return {
      ...told(lab),
      describe:
        'shop-migrate waits to add product.discount_cents; shop-backoffice has read that table in a transaction that it never ended.',
      byHand: [],
      async check() {
        const impatient = isPostgres(lab)
          ? `SET lock_timeout = '200ms'`
          : 'SET SESSION lock_wait_timeout = 1';
        const read = await askAnew(lab, [impatient, ASKS_FOR_IT]);
        const outcome = migration.outcome();
        return {
          gone: read === 'works' && outcome === 'done',
          collateral: [
            ...(await bystanders.lost()),
            ...(['running', 'done'].includes(outcome) ? [] : [`the migration failed: ${outcome}`]),
          ],
          facts: { read, migration: outcome, blocker: blocker.id },
        };
      },
      undo: once(async () => {
        await blocker.end();
        await endByForce(lab, [migration]);
        await bystanders.end();
        await lab.admin(dropColumn(lab));
        await migrator.remove();
      }),
    } satisfies MadeFault;
  },
};

function told(lab: Lab, misses = true) {
  return {
    layer: 'work',
    runbook: 'migrations',
    inputs: {
      database_url: lab.urls.shop,
      admin_url: lab.urls.oncall,
      waiting_for: '0s',
      ...(misses && { expects: 'product.discount_cents' }),
    },
    complaint: isPostgres(lab)
      ? 'ERROR: 42703: column "discount_cents" does not exist'
      : "ERROR 1054 (42S22): Unknown column 'discount_cents' in 'field list'",
    appUrl: () => lab.urls.shop,
  } as const;
}

function inShop(lab: Lab, table: string): string {
  return isPostgres(lab) ? table : `shop.${table}`;
}

function grants(lab: Lab, table: string): readonly string[] {
  return isPostgres(lab) ? [`GRANT SELECT, UPDATE ON ${table} TO shop`] : [];
}

function dropColumn(lab: Lab): string {
  return `ALTER TABLE ${tableOf(lab)} DROP COLUMN IF EXISTS discount_cents`;
}
