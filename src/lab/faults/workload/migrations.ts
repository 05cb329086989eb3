import { POSTGRES_SERVERS, SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { madeFault } from '../made-fault.ts';
import {
  askAnew,
  dropColumn,
  endByForce,
  impatience,
  openBystanders,
  openBystandersAtWork,
  startWork,
  tableOf,
  untilWaiting,
} from '../sessions.ts';
import { createMigrator } from './migrator.ts';

const ADDED = 'discount_cents';
const NEW_COLUMN = `ADD COLUMN ${ADDED} int`;
const ASKS_FOR_IT = 'SELECT discount_cents FROM product LIMIT 1';

/** A migration failed midway: its tool marks it as dirty, and a column is missing. */
const HALF_APPLIED: FaultKind = {
  name: 'migration-half-applied',
  title: 'A migration failed halfway',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const table = tableOf(lab, 'schema_migrations');
    await lab.admin(
      `CREATE TABLE ${table} (version bigint PRIMARY KEY, dirty boolean NOT NULL)`,
      `INSERT INTO ${table} VALUES (42, true)`,
      ...grants(lab, table),
    );
    return madeFault(lab, {
      ...told(lab),
      bystanders,
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
        const gone = read === 'works' && dirty.length === 0;
        return { gone, facts: { read, dirty: dirty.length } };
      },
      async undo() {
        await lab.admin(`DROP TABLE ${table}`);
        await dropColumn(lab, ADDED);
      },
    });
  },
};

/** A migration tool was killed and left its lock behind, so no other migration starts. */
const STALE_LOCK: FaultKind = {
  name: 'migration-stale-lock',
  title: 'A migrator exited and left its lock',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const table = tableOf(lab, 'knex_migrations_lock');
    await lab.admin(
      `CREATE TABLE ${table} (${isPostgres(lab) ? '"index"' : '`index`'} int PRIMARY KEY, is_locked int)`,
      `INSERT INTO ${table} VALUES (1, 1)`,
      ...grants(lab, table),
    );
    return madeFault(lab, {
      ...told(lab, false),
      bystanders,
      describe: 'knex_migrations_lock says that a migration runs, and none does.',
      complaint:
        'Can\'t take lock to run migrations: Migration table is already locked; MigrationLocked: relation "knex_migrations_lock"',
      async check() {
        const locked = await lab.admin(`SELECT is_locked FROM ${table} WHERE is_locked = 1`);
        return { gone: locked.length === 0, facts: { locked: locked.length } };
      },
      undo: () => lab.admin(`DROP TABLE ${table}`),
    });
  },
};

/** A migration waits for an abandoned transaction, and the deployment waits for the migration. */
const BLOCKED: FaultKind = {
  name: 'migration-blocked',
  title: 'A migration waits for an abandoned transaction',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const migrator = await createMigrator(lab);
    const blocker = await lab.open(lab.urls.shop, { name: 'shop-backoffice' });
    await blocker.ask('BEGIN');
    await blocker.ask('SELECT count(*) FROM product');
    const change = `ALTER TABLE product ${NEW_COLUMN}`;
    const migration = await startWork(lab, 'shop-migrate', [change], migrator.url);
    await untilWaiting(lab, 1);
    return madeFault(lab, {
      ...told(lab),
      bystanders,
      describe:
        'shop-migrate waits to add product.discount_cents; shop-backoffice has read that table in a transaction that it never ended.',
      async check() {
        const read = await askAnew(lab, [impatience(lab), ASKS_FOR_IT]);
        const outcome = migration.outcome();
        return {
          gone: read === 'works' && outcome === 'done',
          lost: ['running', 'done'].includes(outcome) ? [] : [`the migration failed: ${outcome}`],
          facts: { read, migration: outcome, blocker: blocker.id },
        };
      },
      async undo() {
        await blocker.end();
        await endByForce(lab, [migration]);
        await dropColumn(lab, ADDED);
        await migrator.remove();
      },
    });
  },
};

/** The tables are there, and the sessions of the application look in another schema. */
const SEARCH_PATH: FaultKind = {
  name: 'migration-search-path',
  title: 'The application looks for its tables in another schema',
  engines: POSTGRES_SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab);
    await lab.admin('ALTER ROLE shop SET search_path = next');
    return madeFault(lab, {
      ...{ layer: 'work', runbook: 'migrations', bystanders },
      inputs: { admin_url: lab.urls.oncall, expects: 'product' },
      describe: 'Sessions of shop look for their tables in the schema next, which is not there.',
      complaint: 'ERROR: relation "product" does not exist',
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        return { gone: read === 'works', facts: { read } };
      },
      async undo() {
        await lab.admin('ALTER ROLE shop RESET search_path');
      },
    });
  },
};

/** Faults of schema changes. */
export const MIGRATION_FAULTS = [HALF_APPLIED, STALE_LOCK, BLOCKED, SEARCH_PATH];

function told(lab: Lab, misses = true) {
  return {
    layer: 'work',
    runbook: 'migrations',
    inputs: {
      admin_url: lab.urls.oncall,
      waiting_for: '0s',
      ...(misses && { expects: 'product.discount_cents' }),
    },
    complaint: isPostgres(lab)
      ? 'ERROR: 42703: column "discount_cents" does not exist'
      : "ERROR 1054 (42S22): Unknown column 'discount_cents' in 'field list'",
  } as const;
}

function grants(lab: Lab, table: string): readonly string[] {
  return isPostgres(lab) ? [`GRANT SELECT, UPDATE ON ${table} TO shop`] : [];
}
