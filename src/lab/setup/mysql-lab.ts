import { randomBytes } from 'node:crypto';
import { askInOrder, openClient } from '../client.ts';
import { freePort } from '../network/free-port.ts';
import { type Keeper, startKeeper } from '../servers/keeper.ts';
import { startMariadb } from '../servers/mariadb.ts';
import { startMysql } from '../servers/mysql.ts';
import type { MysqlSettings } from '../servers/mysql-server.ts';
import { HOST } from '../servers/started-server.ts';
import { type LabUser, MAX_CONNECTIONS, type MysqlLab } from './lab.ts';
import { createServerTls, type ServerTls } from './server-tls.ts';

/** More than there are: a limit that is unset at startup cannot be set later. */
const MAX_USER_CONNECTIONS = 1_000;

/** One for the operator on call, one for the lab. */
const EXTRA_CONNECTIONS = 2;

/** Attempts to find a second port that nothing else takes. */
const PORT_ATTEMPTS = 5;

type Engine = MysqlLab['engine'];
type Server = MysqlLab['server'];

/** Starts a MariaDB or MySQL with TLS, a shop and a warehouse. */
export async function startMysqlLab(engine: Engine): Promise<MysqlLab> {
  const keeper = await startKeeper();
  try {
    const tls = await createServerTls(keeper);
    const { server, extraPort } = await startServer(engine, keeper, tls);
    const admin = (...statements: readonly string[]) => asRoot(server, statements);
    const urls = {
      shop: await createUser(server, 'shop', 'shop'),
      oncall: await createUser(server, 'oncall', 'shop'),
      warehouse: await createUser(server, 'warehouse', 'warehouse'),
    };
    await admin(...SHOP);
    return {
      engine,
      keeper,
      server,
      extraPort,
      tls,
      urls,
      admin,
      open: (url = urls.shop, options = {}) => openClient(url, options),
      async reloadTls() {
        await admin(
          engine === 'mysql' ? 'ALTER INSTANCE RELOAD TLS NO ROLLBACK ON ERROR' : 'FLUSH SSL',
        );
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
  engine: Engine,
  keeper: Keeper,
  tls: ServerTls,
): Promise<{ readonly server: Server; readonly extraPort: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const extraPort = await freePort();
    const settings = {
      ...extraPortSettings(engine, extraPort),
      max_connections: MAX_CONNECTIONS,
      max_user_connections: MAX_USER_CONNECTIONS,
      // MySQL validates its own certificate when it reads it again.
      ssl_ca: tls.caFile,
      ssl_cert: tls.certFile,
      ssl_key: tls.keyFile,
    };
    try {
      const start = engine === 'mysql' ? startMysql : startMariadb;
      return { server: await start({ keeper, settings }), extraPort };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !String(error).includes('Bind on TCP/IP port')) throw error;
    }
  }
}

/** The port of an administrator, which MySQL opens without a limit of connections. */
function extraPortSettings(engine: Engine, port: number): MysqlSettings {
  return engine === 'mysql'
    ? { admin_address: HOST, admin_port: port }
    : { extra_port: port, extra_max_connections: EXTRA_CONNECTIONS };
}

const SHOP = [
  `CREATE TABLE shop.product (
    id int PRIMARY KEY, name varchar(40) NOT NULL, price_cents int NOT NULL, stock int NOT NULL)`,
  `INSERT INTO shop.product
    SELECT seq, concat('product ', seq), 100 + seq * 7 % 900, 50 FROM (WITH RECURSIVE number (seq) AS (
      SELECT 1 UNION ALL SELECT seq + 1 FROM number WHERE seq < 200) SELECT seq FROM number) AS n`,
];

function asRoot(server: Server, statements: readonly string[]) {
  return askInOrder(server.rootUrl, statements, { name: 'lab' });
}

/** On MySQL exactly those that the documentation asks for, and a look at the shop's tables. */
const ONCALL_RIGHTS: Readonly<Record<Engine, readonly string[]>> = {
  mariadb: [
    'GRANT ALL ON shop.* TO oncall',
    'GRANT PROCESS, CONNECTION ADMIN, RELOAD ON *.* TO oncall',
  ],
  mysql: [
    'GRANT SELECT ON shop.* TO oncall',
    'GRANT PROCESS, CONNECTION_ADMIN ON *.* TO oncall',
    'GRANT SELECT ON performance_schema.* TO oncall',
  ],
};

async function createUser(server: Server, user: LabUser, database: string): Promise<string> {
  const password = `${randomBytes(9).toString('base64url')}$HOME %41@/`;
  await asRoot(server, [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
    `CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`,
    ...(user === 'oncall'
      ? ONCALL_RIGHTS[server.engine]
      : [`GRANT ALL ON ${database}.* TO ${user}`]),
  ]);
  return server.url({ user, password, database });
}
