import { randomBytes } from 'node:crypto';
import { isPostgres, type Lab } from '../../setup/lab.ts';

/** Who changes the shop's tables when it is deployed. */
export type Migrator = {
  readonly url: string;
  /** Takes the role and its rights away; its sessions have to be ended before. */
  remove(): Promise<void>;
};

/** Makes the owner of the shop's tables a role of its own; MariaDB's shop may change them itself. */
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
