import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of migration tools about pending and failed schema changes. */
export const MIGRATIONS: readonly Signature[] = [
  means('migration', { needs: 'not-foreign' })`
    can"t locate revision identified by
    target database is not up to date
    multiple head revisions are present
    multiple heads are present
    alembic.util.exc
    alembic.util.messaging … error
    migration table is already locked
    migrationlocked
    migration directory is corrupt
    unapplied migration(s)
    inconsistentmigrationhistory
    migrationschemamissing
    conflicting migrations detected
    nodenotfounderror: migration
    database schema is not empty
    found failed migrations in the target database
    migration failed to apply
    migration … failed to apply
    is already recorded as applied
    is not recorded as applied
    drift detected
    migrations are pending
    pendingmigrationerror
    pending migrations
    flywayvalidateexception
    flyway … failed migration
    detected failed migration
    migration checksum mismatch
    checksum mismatch for migration
    detected applied migration not resolved locally
    detected resolved migration not applied
    non-empty schema(s) … without schema history table
    could not acquire change log lock
    waiting for changelog lock
    more than one migration with version
    contains a failed migration
    but no schema history table
    multiple leaf nodes in the migration graph
    migrate:unlock
    dirty database version
    no migration found for version
    goose … error
    pendingmodelchanges
    pending changes. add a new migration
    was previously applied but
    versionmismatch(
    irreversiblemigration
    duplicatemigration
    'no such table: '
    schema-validation: missing
    schemamanagementexception
    undefinedtable
    undefinedcolumn
  `,
  // Whatever a migration met first is the cause: a server that refuses it, or a lock.
  means('migration', { weight: WEIGHT.wrapper, needs: 'not-foreign' })`
    migration failed
    error running migration
    while executing migration
    failed to apply migration
    failed to run sql migration
    migrationfailedexception
    flywaymigrateexception
    liquibase.exception
    error running liquibase
  `,
  means('migration', { needs: 'database' })`
    cannot run inside a transaction block
    check that column/key exists
    duplicate key name "
    cannot add foreign key constraint
  `,
  means('migration')`
    error: p3005
    error: p3009
    error: p3018
    error: p3006
    error: p3012
    prisma … p2021
    prisma … p2022
  `,
];
