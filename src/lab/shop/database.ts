import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { PostgresServer } from '../servers/postgres.ts';
import type { Login } from '../servers/started-server.ts';

/** The roles of the shop: its application, the operator on call, and a read-only user. */
type ShopRole = 'shop' | 'oncall' | 'viewer';

/** A connection URL per role. */
export type ShopUrls = Readonly<Record<ShopRole, string>>;

const DATABASE = 'shop';

/** The first major version with reserved slots for roles other than superusers. */
export const RESERVED_SLOTS_SINCE = 16;

// Passwords contain characters that break careless quoting, masking and URL handling.
const AWKWARD = '$HOME %41@/';

/**
 * Creates the database `shop`: 200 products, and one role each for the application, the operator on
 * call and a viewer.
 */
export async function createShop(server: PostgresServer): Promise<ShopUrls> {
  const logins = { shop: login('shop'), oncall: login('oncall'), viewer: login('viewer') };
  await asSuperuser(server.superuserUrl, `CREATE DATABASE ${DATABASE}`);
  const superuser = new URL(server.superuserUrl);
  superuser.pathname = `/${DATABASE}`;
  await asSuperuser(superuser.href, tables, roles(logins, server.majorVersion));
  return {
    shop: server.url(logins.shop),
    oncall: server.url(logins.oncall),
    viewer: server.url(logins.viewer),
  };
}

function login(user: ShopRole): Login {
  const password = `${randomBytes(9).toString('base64url')}${AWKWARD}`;
  return { user, password, database: DATABASE };
}

const tables = `
  CREATE TABLE product (
    id integer PRIMARY KEY, name text NOT NULL, price_cents integer NOT NULL, stock integer NOT NULL
  );
  INSERT INTO product
    SELECT id, 'product ' || id, 100 + id * 7 % 900, 50 FROM generate_series(1, 200) AS id;`;

function roles(logins: Readonly<Record<ShopRole, Login>>, major: number): string {
  const { shop, oncall, viewer } = logins;
  const create = [shop, oncall, viewer].map(
    ({ user, password }) => `CREATE ROLE ${user} LOGIN PASSWORD ${pg.escapeLiteral(password)};`,
  );
  // Before 16 only superusers have reserved slots.
  const reserve =
    major >= RESERVED_SLOTS_SINCE
      ? 'GRANT pg_use_reserved_connections TO oncall;'
      : 'ALTER ROLE oncall SUPERUSER;';
  return [
    ...create,
    'GRANT SELECT, UPDATE ON product TO shop;',
    'GRANT SELECT ON product TO oncall, viewer;',
    'GRANT pg_monitor, pg_signal_backend TO oncall;',
    reserve,
  ].join('\n');
}

async function asSuperuser(url: string, ...scripts: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const script of scripts) await client.query(script);
  } finally {
    await client.end();
  }
}
