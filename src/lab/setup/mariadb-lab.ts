import { randomBytes } from 'node:crypto';
import { askInOrder, openClient } from '../client.ts';
import { freePort } from '../network/free-port.ts';
import { type Keeper, startKeeper } from '../servers/keeper.ts';
import { type MariadbServer, startMariadb } from '../servers/mariadb.ts';
import { type LabUser, MAX_CONNECTIONS, type MariadbLab } from './lab.ts';
import { createServerTls, type ServerTls } from './server-tls.ts';

/** More than there are: a limit that is unset at startup cannot be set later. */
const MAX_USER_CONNECTIONS = 1_000;

/** One for the operator on call, one for the lab. */
const EXTRA_CONNECTIONS = 2;

/** Attempts to find a second port that nothing else takes. */
const PORT_ATTEMPTS = 5;

/** Starts a MariaDB with TLS, a shop and a warehouse. */
export async function startMariadbLab(): Promise<MariadbLab> {
  const keeper = await startKeeper();
  try {
    const tls = await createServerTls(keeper);
    const { server, extraPort } = await startServer(keeper, tls);
    const admin = (...statements: readonly string[]) => asRoot(server, statements);
    const urls = {
      shop: await createUser(server, 'shop', 'shop'),
      oncall: await createUser(server, 'oncall', 'shop'),
      warehouse: await createUser(server, 'warehouse', 'warehouse'),
    };
    await admin(...SHOP);
    return {
      engine: 'mariadb',
      keeper,
      server,
      extraPort,
      tls,
      urls,
      admin,
      open: (url = urls.shop, options = {}) => openClient(url, options),
      async reloadTls() {
        await admin('FLUSH SSL');
      },
      close: () => keeper.close(),
    };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

/** Starts the server with a second, free port. Tries again if another process takes that port first. */
async function startServer(
  keeper: Keeper,
  tls: ServerTls,
): Promise<{ readonly server: MariadbServer; readonly extraPort: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const extraPort = await freePort();
    const settings = {
      extra_port: extraPort,
      extra_max_connections: EXTRA_CONNECTIONS,
      max_connections: MAX_CONNECTIONS,
      max_user_connections: MAX_USER_CONNECTIONS,
      ssl_cert: tls.certFile,
      ssl_key: tls.keyFile,
    };
    try {
      return { server: await startMariadb({ keeper, settings }), extraPort };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !String(error).includes('Bind on TCP/IP port')) throw error;
    }
  }
}

const SHOP = [
  `CREATE TABLE shop.product (
    id int PRIMARY KEY, name varchar(40) NOT NULL, price_cents int NOT NULL, stock int NOT NULL)`,
  `INSERT INTO shop.product
    SELECT seq, concat('product ', seq), 100 + seq * 7 % 900, 50 FROM (WITH RECURSIVE number (seq) AS (
      SELECT 1 UNION ALL SELECT seq + 1 FROM number WHERE seq < 200) SELECT seq FROM number) AS n`,
];

function asRoot(server: MariadbServer, statements: readonly string[]) {
  return askInOrder(server.rootUrl, statements, { name: 'lab' });
}

async function createUser(server: MariadbServer, user: LabUser, database: string): Promise<string> {
  const password = `${randomBytes(9).toString('base64url')}$HOME %41@/`;
  const rights =
    user === 'oncall' ? ['GRANT PROCESS, CONNECTION ADMIN, RELOAD ON *.* TO oncall'] : [];
  await asRoot(server, [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
    `CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON ${database}.* TO ${user}`,
    ...rights,
  ]);
  return server.url({ user, password, database });
}
