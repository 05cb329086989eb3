import { randomBytes } from 'node:crypto';
import { isPostgres, type Lab } from '../../setup/lab.ts';

/** The role that changes the shop's tables during a deployment. */
type Migrator = {
  readonly url: string;
  /** Drops the role and its privileges. Its sessions must have ended. */
  remove(): Promise<void>;
};

/**
 * Makes a separate role the owner of the shop's tables. On MariaDB, the shop itself may change
 * them.
 */
export async function createMigrator(lab: Lab): Promise<Migrator> {
  if (!isPostgres(lab)) return { url: lab.urls.shop, remove: async () => {} };
  const password = randomBytes(9).toString('base64url');
  await lab.admin(
    `CREATE ROLE migrator LOGIN PASSWORD '${password}'`,
    'GRANT USAGE, CREATE ON SCHEMA public TO migrator',
    'ALTER TABLE product OWNER TO migrator',
  );
  return {
    url: lab.server.url({ user: 'migrator', password, database: 'shop' }),
    async remove() {
      await lab.admin(
        'ALTER TABLE product OWNER TO postgres',
        'REVOKE ALL ON SCHEMA public FROM migrator',
        'DROP ROLE migrator',
      );
    },
  };
}
